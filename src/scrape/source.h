#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "jmx/mbean_info.h"
#include "jmx/object_name.h"
#include "jmx/value.h"

namespace jmxbridge {

namespace asio = boost::asio;

/// The moment by which a call must have returned.
using Deadline = std::chrono::steady_clock::time_point;

/// A registration or its end, as the target's MBeanServerDelegate told it.
struct Change {
  bool registered = false;  ///< false: unregistered
  ObjectName name;
};

/// What changed since the last call, oldest first. `unknown`: the source cannot say (new session,
/// overrun, no listener): query and describe everything.
struct Changes {
  bool unknown = false;
  /// False: the target lets nobody listen, so that every call is `unknown`. A bean that was
  /// registered again under its name then shows only in its MBeanInfo.
  bool listening = true;
  std::vector<Change> list;
};

/// Names of attributes in an order. Copies share them, as the beans of one class do. Immutable.
class AttributeNames {
 public:
  AttributeNames() : AttributeNames(std::vector<std::string>()) {}
  AttributeNames(std::vector<std::string> names)  // NOLINT(google-explicit-constructor)
      : names_(std::make_shared<const std::vector<std::string>>(std::move(names))) {}
  AttributeNames(std::initializer_list<std::string> names)
      : AttributeNames(std::vector<std::string>(names)) {}

  std::size_t size() const { return names_->size(); }
  bool empty() const { return names_->empty(); }
  const std::string& operator[](std::size_t index) const { return (*names_)[index]; }
  auto begin() const { return names_->begin(); }
  auto end() const { return names_->end(); }

  friend bool operator==(const AttributeNames& a, const AttributeNames& b) {
    return *a.names_ == *b.names_;
  }

 private:
  std::shared_ptr<const std::vector<std::string>> names_;
};

/// One bean of a read.
struct BeanRead {
  ObjectName name;
  AttributeNames attributes;
  /// Its MBeanInfo may change in place: read it again before the attributes and hand it to
  /// FetchSink::info if it is another than the source last handed out for this bean.
  bool watch_info = false;
};

/// The beans of a read, indexed by position. Immutable once handed to a source, so that the source
/// can keep the requests it made from it for as long as it sees the same list.
using ReadList = std::vector<BeanRead>;

/// How the reading of one bean ended.
enum class BeanOutcome : std::uint8_t {
  kRead,        ///< answered; attributes without a value threw or are lost
  kGone,        ///< not registered (any more)
  kFailed,      ///< the target answered with an error for the whole bean
  kUnanswered,  ///< no answer before the deadline or the end of the session
  /// No answer, and it is the one that the target was working on; or it is not asked, because it
  /// has not answered an earlier call, which alone is no error.
  kBlocked,
  kOtherLane,  ///< answered, but only a lane with Java classes can read what
};

/// Why an attribute has no value although its bean answered.
enum class AttributeLoss : std::uint8_t {
  kThrew,         ///< the getter threw, or the target left it out
  kUnknownClass,  ///< a class in it is not known here
  kMalformed,     ///< its bytes could not be decoded
  kLimit,         ///< it passes a bound
};

/// Takes in what a fetch brings, on the target's strand. `bean` and `attribute` are positions in
/// the read list and in its bean's attributes.
class FetchSink {
 public:
  virtual ~FetchSink() = default;
  /// One value. The views in it live during this call only.
  virtual void value(std::uint32_t bean, std::uint32_t attribute, const Value& value) = 0;
  virtual void lost(std::uint32_t bean, std::uint32_t attribute, AttributeLoss why,
                    std::string_view detail) = 0;
  /// The MBeanInfo of a watched bean is not what it was; comes before the bean's values.
  virtual void info(std::uint32_t bean, MBeanInfo info) = 0;
  /// The bean is done; exactly once for each bean of the list. `detail` is empty for kRead.
  virtual void done(std::uint32_t bean, BeanOutcome outcome, std::string_view detail) = 0;
};

/// Takes in what a describe brings, on the target's strand.
class DescribeSink {
 public:
  virtual ~DescribeSink() = default;
  virtual void info(std::uint32_t bean, MBeanInfo info) = 0;
  /// The bean has no info: it went in between, or its info cannot be read.
  virtual void failed(std::uint32_t bean, BeanOutcome outcome, std::string_view detail) = 0;
};

/// What every way to read a target does in its own time. Only tests have other times.
struct SourceTimes {
  /// A session without a call for twice that long is closed by its target.
  std::chrono::milliseconds keep_alive{60'000};
  /// An attribute whose value cannot be had, because the target breaks its answer off or nobody can
  /// take it in, costs a connection or more each time. So it is asked for again after that long,
  /// and after twice as long each further time, up to 32 times.
  std::chrono::milliseconds lost_rest{300'000};
};

/// A lane: reads one target's MBeans over one open session (design section 5).
///
/// Every call runs on the strand of the target that owns the source, one call at a time, and
/// returns by its deadline. An error of kind kSession means that the session is lost and a new one
/// must be opened; others leave the source usable.
class Source {
 public:
  virtual ~Source() = default;

  /// The names that came and went since the last call; `unknown` on the first.
  virtual asio::awaitable<Result<Changes>> changes(Deadline deadline) = 0;

  /// The names that the pattern takes in, in the target's order.
  virtual asio::awaitable<Result<std::vector<ObjectName>>> query(const ObjectName& pattern,
                                                                 Deadline deadline) = 0;

  /// Reads the MBeanInfo of each. Fails only as a whole (deadline, session); what it has read by
  /// then has been handed over.
  virtual asio::awaitable<Result<void>> describe(std::span<const ObjectName> names,
                                                 DescribeSink& sink, Deadline deadline) = 0;

  /// Reads the listed attributes of the listed beans. On an error `done` has been called for every
  /// bean all the same.
  virtual asio::awaitable<Result<void>> fetch(std::shared_ptr<const ReadList> reads,
                                              FetchSink& sink, Deadline deadline) = 0;

  /// Makes the call under way return an error at once; callable from any thread.
  virtual void abort() = 0;
};

}  // namespace jmxbridge
