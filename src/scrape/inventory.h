#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "jmx/mbean_info.h"
#include "jmx/object_name.h"

namespace jmxbridge {

/// The first layer (design section 4): the beans a target has and what each says of itself. Belongs
/// to the target and outlives sessions and configurations.
///
/// Not thread-safe: lives on its target's strand.
class Inventory {
 public:
  struct Bean {
    std::shared_ptr<const MBeanInfo> info;  ///< null: not described yet
    bool stale = true;                      ///< describe it (again)
  };

  /// The bean is registered, perhaps again: it is described before it is read.
  void add(const ObjectName& name);
  void remove(const ObjectName& name);
  /// These are all there are; the ones that stay keep their info. `describe_all`: none of the
  /// infos can be trusted.
  void replace(const std::vector<ObjectName>& names, bool describe_all);
  /// What a bean said of itself. Equal infos are kept once.
  void describe(const ObjectName& name, MBeanInfo info);

  /// Names that came, went or got an info since this was last called.
  std::vector<ObjectName> take_changed();

  /// How many beans are to be described.
  std::size_t stale() const { return stale_; }

  const Bean* find(const ObjectName& name) const;
  const std::map<ObjectName, Bean>& beans() const { return beans_; }

 private:
  std::shared_ptr<const MBeanInfo> shared(MBeanInfo info);

  std::map<ObjectName, Bean> beans_;
  std::size_t stale_ = 0;
  std::vector<ObjectName> changed_;
  std::unordered_multimap<std::size_t, std::weak_ptr<const MBeanInfo>> infos_;
  std::size_t sweep_at_ = 1024;
};

}  // namespace jmxbridge
