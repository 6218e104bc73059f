#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace jmxbridge {

/// Texts of which there are many that are equal: each is kept once, for as long as it is used.
/// Not thread-safe.
class SharedTexts {
 public:
  std::shared_ptr<const std::string> share(std::string text);

 private:
  /// By a view of the text itself.
  std::unordered_map<std::string_view, std::shared_ptr<const std::string>> texts_;
  std::size_t sweep_at_ = 1024;
};

}  // namespace jmxbridge
