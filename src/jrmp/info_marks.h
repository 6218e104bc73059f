#pragma once

#include <cstddef>
#include <span>
#include <unordered_map>

#include "jmx/object_name.h"
#include "jrmp/answer_mark.h"

namespace jmxbridge {

/// Marks of the MBeanInfos that may change, as they were last handed out: equal bytes are the same
/// info. Kept per source, by bean.
class InfoMarks {
 public:
  /// How many bytes at the front are the info that was noted for this bean; 0 if they are another.
  std::size_t same(const ObjectName& name, std::span<const std::byte> bytes) const {
    const auto it = marks_.find(name);
    return it == marks_.end() ? 0 : it->second.at_front_of(bytes);
  }
  void note(const ObjectName& name, std::span<const std::byte> bytes) {
    marks_.insert_or_assign(name, AnswerMark(bytes));
  }
  void forget(const ObjectName& name) { marks_.erase(name); }
  void clear() { marks_.clear(); }
  std::size_t size() const { return marks_.size(); }

 private:
  std::unordered_map<ObjectName, AnswerMark> marks_;
};

}  // namespace jmxbridge
