#include "scrape/reads.h"

#include <algorithm>
#include <string>
#include <utility>

#include "scrape/selection.h"

namespace jmxbridge {
namespace {

/// Ways to read the beans of one description that are compared with the next bean.
constexpr std::size_t kMostSelected = 16;

}  // namespace

void ReadsBuilder::add(BeanPlan& bean, bool watch_all) {
  const bool watch_info =
      watch_all || (!bean.info->immutable && !registers_again(bean.info->class_name));
  std::vector<std::uint32_t>& positions = positions_;
  positions.clear();
  for (std::uint32_t i = 0; i < bean.attributes.size(); ++i) {
    if (!bean.attributes[i].excluded) positions.push_back(i);
  }
  // Extra metrics are there as long as their MBean answers, whatever is read of it.
  if (positions.empty() && !watch_info && bean.extras.empty()) return;
  const Selected& selected = selected_of(bean);
  list_->push_back({.name = bean.name, .attributes = selected.names, .watch_info = watch_info});
  reads_.beans.push_back({&bean, selected.positions});
}

Reads ReadsBuilder::take() {
  reads_.list = std::move(list_);
  return std::move(reads_);
}

const ReadsBuilder::Selected& ReadsBuilder::selected_of(const BeanPlan& bean) {
  const auto name_at = [&](std::uint32_t position) -> const std::string& {
    return bean.info->attributes[bean.attributes[position].index].name;
  };
  std::vector<Selected>& known = known_[bean.info.get()];
  const auto same = std::find_if(known.begin(), known.end(), [&](const Selected& one) {
    return *one.positions == positions_ &&
           std::equal(positions_.begin(), positions_.end(), one.names.begin(),
                      [&](std::uint32_t position, const std::string& name) {
                        return name_at(position) == name;
                      });
  });
  if (same != known.end()) return *same;
  // Rules can tell any bean from any other; then there is nothing to share.
  if (known.size() >= kMostSelected) known.clear();
  std::vector<std::string> names;
  names.reserve(positions_.size());
  for (const std::uint32_t position : positions_) names.push_back(name_at(position));
  known.push_back({std::move(names), std::make_shared<const std::vector<std::uint32_t>>(
                                         positions_.begin(), positions_.end())});
  return known.back();
}

}  // namespace jmxbridge
