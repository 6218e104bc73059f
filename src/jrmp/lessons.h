#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "jmx/object_name.h"
#include "scrape/source.h"

namespace jmxbridge {

/// What was learned about an attribute that does not come in one answer with the others.
struct AttributeLesson {
  /// Absent: it is asked for alone. Otherwise it is not asked for before its time, and this is said
  /// of it.
  std::optional<AttributeLoss> loss;
  std::string detail;
  std::chrono::milliseconds rest{0};  ///< between its last loss and `ask_again`
  std::chrono::steady_clock::time_point ask_again;
};

/// What was learned about reading one bean.
struct BeanLesson {
  std::map<std::string, AttributeLesson, std::less<>> attributes;
  /// Calls for all attributes that failed although each could be read alone.
  std::uint32_t innocent = 0;
};

/// By bean, for as long as it stays registered.
using Lessons = std::unordered_map<ObjectName, BeanLesson>;

}  // namespace jmxbridge
