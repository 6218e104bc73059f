#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <unordered_map>

#include "jmx/object_name.h"

namespace jmxbridge {

/// Marks of the MBeanInfos that may change, as they were last handed out: equal bytes are the same
/// info. Kept per source, by bean.
class InfoMarks {
 public:
  /// Notes these bytes; true if they are not the ones that were noted before.
  bool note(const ObjectName& name, std::span<const std::byte> bytes) {
    const Mark mark{
        std::hash<std::string_view>()({reinterpret_cast<const char*>(bytes.data()), bytes.size()}),
        bytes.size()};
    const auto [it, is_new] = marks_.try_emplace(name, mark);
    if (!is_new && it->second == mark) return false;
    it->second = mark;
    return true;
  }
  void forget(const ObjectName& name) { marks_.erase(name); }
  void clear() { marks_.clear(); }

 private:
  struct Mark {
    std::size_t hash;
    std::size_t size;
    friend bool operator==(const Mark&, const Mark&) = default;
  };

  std::unordered_map<ObjectName, Mark> marks_;
};

}  // namespace jmxbridge
