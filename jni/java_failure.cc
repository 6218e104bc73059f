#include "jni/java_failure.h"

#include <algorithm>
#include <charconv>

namespace jmxbridge {
namespace {

std::string_view next_field(std::string_view& text) {
  const std::size_t end = std::min(text.find('\0'), text.size());
  const std::string_view field = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return field;
}

int next_number(std::string_view& text) {
  const std::string_view field = next_field(text);
  int number = 0;
  std::from_chars(field.data(), field.data() + field.size(), number);
  return number;
}

}  // namespace

JavaFailure JavaFailure::parse(std::string_view text) {
  JavaFailure failure;
  failure.stage = static_cast<Stage>(std::clamp(next_number(text), 0, 2));
  failure.peer_host = next_field(text);
  failure.peer_port = static_cast<std::uint16_t>(next_number(text));
  failure.greeting = next_number(text);
  while (!text.empty()) {
    JavaCause cause;
    cause.type = next_field(text);
    cause.message = next_field(text);
    failure.causes.push_back(std::move(cause));
  }
  return failure;
}

bool JavaFailure::has(std::string_view type) const { return find(type) != nullptr; }

const JavaCause* JavaFailure::find(std::string_view type) const {
  const auto found = std::find_if(causes.begin(), causes.end(), [type](const JavaCause& cause) {
    return std::string_view(cause.type).ends_with(type);
  });
  return found == causes.end() ? nullptr : &*found;
}

const JavaCause& JavaFailure::innermost() const {
  static const JavaCause kNone;
  return causes.empty() ? kNone : causes.back();
}

}  // namespace jmxbridge
