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
  /// How many bytes at the front are the info that was noted for this bean; 0 if they are another.
  std::size_t same(const ObjectName& name, std::span<const std::byte> bytes) const {
    const auto it = marks_.find(name);
    if (it == marks_.end() || it->second.size > bytes.size()) return 0;
    return hash(bytes.first(it->second.size)) == it->second.hash ? it->second.size : 0;
  }
  void note(const ObjectName& name, std::span<const std::byte> bytes) {
    marks_.insert_or_assign(name, Mark{hash(bytes), bytes.size()});
  }
  void forget(const ObjectName& name) { marks_.erase(name); }
  void clear() { marks_.clear(); }
  std::size_t size() const { return marks_.size(); }

 private:
  struct Mark {
    std::size_t hash;
    std::size_t size;
  };

  static std::size_t hash(std::span<const std::byte> bytes) {
    return std::hash<std::string_view>()(
        {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

  std::unordered_map<ObjectName, Mark> marks_;
};

}  // namespace jmxbridge
