#include "config/variables.h"

#include <fmt/format.h>

#include <cstdlib>

#include "base/log.h"
#include "config/coerced.h"

namespace jmxbridge {
Result<std::string> resolve_variable(std::string_view text) {
  const std::string_view trimmed = trim(text);
  constexpr std::string_view kEmpty = "${}";
  if (trimmed.size() <= kEmpty.size() || trimmed.substr(0, 2) != "${" || trimmed.back() != '}') {
    return std::string(text);
  }
  const std::string name(trim(trimmed.substr(2, trimmed.size() - 3)));
  if (name.empty()) return fail("the variable has no name; write ${NAME}");
  const char* value = std::getenv(name.c_str());
  // Of ${NAME:-TEXT} the text is a secret as a rule.
  if (value == nullptr && name.find(':') != std::string::npos) {
    return fail("a variable takes no default here; write ${NAME}, and set NAME in the environment");
  }
  if (value == nullptr) {
    return fail(fmt::format("the environment variable {} is not set; set it or correct its name",
                            printable(name, 80)));
  }
  const std::string_view resolved = trim(value);
  if (resolved.empty()) {
    return fail(
        fmt::format("the environment variable {} is empty; give it a value", printable(name, 80)));
  }
  return std::string(resolved);
}

}  // namespace jmxbridge
