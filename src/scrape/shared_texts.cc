#include "scrape/shared_texts.h"

#include <algorithm>
#include <utility>

namespace jmxbridge {

std::shared_ptr<const std::string> SharedTexts::share(std::string text) {
  const auto known = texts_.find(text);
  if (known != texts_.end()) return known->second;
  if (texts_.size() >= sweep_at_) {
    std::erase_if(texts_, [](const auto& entry) { return entry.second.use_count() == 1; });
    sweep_at_ = std::max<std::size_t>(1024, 2 * texts_.size());
  }
  text.shrink_to_fit();
  auto made = std::make_shared<const std::string>(std::move(text));
  texts_.emplace(*made, made);
  return made;
}

}  // namespace jmxbridge
