#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "jmx/limits.h"
#include "jmx/mbean_info.h"
#include "jmx/object_name.h"
#include "scrape/plan.h"
#include "scrape/snapshot.h"

namespace jmxbridge {

/// What a target is read with from some read on.
struct Successor {
  std::shared_ptr<const Snapshot> snapshot;
  std::unique_ptr<Plan> plan;  ///< null: it is to be made of the snapshot
};

/// The way of a configuration into use. One whose plan takes long to make is prepared aside, and
/// what is in use goes on meanwhile: no read and no caller waits for it. Once it is ready it is due
/// with the next read; a read under way is shared by those who come until it ends, but not for
/// longer than a second.
///
/// Not thread-safe: lives on its target's strand.
class Changeover : public std::enable_shared_from_this<Changeover> {
 public:
  using Strand = asio::strand<asio::io_context::executor_type>;
  using Beans = std::vector<std::pair<ObjectName, std::shared_ptr<const MBeanInfo>>>;

  Changeover(Strand strand, const Limits& limits);

  /// Makes a configuration due at once, in the place of any before it.
  void take(std::shared_ptr<const Snapshot> snapshot);
  /// Makes its plan for these beans on another thread, and then makes it due.
  void prepare(std::shared_ptr<const Snapshot> snapshot, Beans beans);

  /// What the next read is made with, if it is another configuration; else null.
  const Snapshot* due() const { return due_ ? due_->snapshot.get() : nullptr; }
  std::optional<Successor> take_due() { return std::exchange(due_, std::nullopt); }

  void read_begins() { reading_ = true; }
  void read_ends();

  /// Returns when what was taken or prepared last is due or in use.
  asio::awaitable<void> settled();
  /// Gives up what is being prepared.
  void stop();

 private:
  struct Preparation;
  void finish(const std::shared_ptr<Preparation>& work);
  void hand_over(Successor successor);
  void make_due();
  void wake();

  Strand strand_;
  Limits limits_;
  std::shared_ptr<Preparation> preparing_;
  std::optional<Successor> ready_;  ///< waits for the read under way
  std::optional<Successor> due_;
  bool reading_ = false;
  asio::steady_timer patience_;
  std::vector<std::shared_ptr<asio::steady_timer>> waiters_;
};

}  // namespace jmxbridge
