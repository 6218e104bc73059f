#include "base/wiped_text.h"

#include <cstring>
#include <utility>

namespace jmxbridge {
namespace {

class Secret {
 public:
  explicit Secret(std::string text) : text_(std::move(text)) {}
  ~Secret() { ::explicit_bzero(text_.data(), text_.size()); }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace

std::shared_ptr<const std::string> wiped_text(std::string secret) {
  const auto holder = std::make_shared<const Secret>(std::move(secret));
  return {holder, &holder->text()};
}

}  // namespace jmxbridge
