#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "jmx/arena.h"
#include "jmx/mbean_info.h"
#include "jmx/object_name.h"
#include "jmx/value.h"
#include "scrape/source.h"

namespace jmxbridge {

/// How many values stand within each other at most, in a snapshot file.
inline constexpr std::uint32_t kDeepestValue = 64;

/// An attribute that was not read: it cannot be, or it was left out on purpose.
struct Unread {};

/// An attribute that was asked for and gave no value.
struct Lost {
  AttributeLoss why = AttributeLoss::kThrew;
  std::string detail;
};

/// What became of one attribute. A Value is a view into the recording that holds it.
using RecordedValue = std::variant<Unread, Lost, Value>;

/// One bean as it was found.
struct RecordedBean {
  MBeanInfo info;
  bool is_described = false;  ///< false: there is no `info`
  /// Why there is no info, or why no attribute was answered; empty when all is well.
  std::string trouble;
  std::vector<RecordedValue> values;  ///< one for each attribute of `info`
};

/// The beans of one target at one moment, with their values: what a snapshot file holds. Can be
/// moved; the values stay where they are.
class Recording {
 public:
  std::string target;          ///< where it was taken, for people
  std::string taken;           ///< when, for people
  std::string default_domain;  ///< empty: not known
  std::map<ObjectName, RecordedBean> beans;

  /// A copy of the value that lives as long as the recording. What lies deeper than kDeepestValue
  /// becomes null.
  Value keep(const Value& value) { return keep(value, kDeepestValue); }

  /// Where the values live.
  Arena& arena() { return arena_; }

 private:
  Value keep(const Value& value, std::uint32_t depth);
  const CompositeValue* keep(const CompositeValue& composite, std::uint32_t depth);
  const TabularValue* keep(const TabularValue& table, std::uint32_t depth);

  Arena arena_;
};

}  // namespace jmxbridge
