// A line each for a pattern and a name, as line ends stand in neither.
#include <cstdint>
#include <string_view>

#include "jmx/object_name.h"
#include "tests/fuzz/require.h"

using namespace jmxbridge;

namespace {

void check_name(const ObjectName& name) {
  const Result<ObjectName> again = ObjectName::parse(name.text());
  JMXBRIDGE_REQUIRE_PROPERTY(again.has_value());
  JMXBRIDGE_REQUIRE_PROPERTY(again->text() == name.text());
  JMXBRIDGE_REQUIRE_PROPERTY(again->canonical() == name.canonical());
  JMXBRIDGE_REQUIRE_PROPERTY(again->is_pattern() == name.is_pattern());
  const Result<ObjectName> sorted = ObjectName::parse(name.canonical());
  JMXBRIDGE_REQUIRE_PROPERTY(sorted.has_value());
  JMXBRIDGE_REQUIRE_PROPERTY(*sorted == name);
  JMXBRIDGE_REQUIRE_PROPERTY(sorted->canonical() == name.canonical());
  JMXBRIDGE_REQUIRE_PROPERTY(name.matches(*sorted) != name.is_pattern());
  for (const Property& property : read_properties(name.property_list())) {
    if (name.is_pattern()) break;
    JMXBRIDGE_REQUIRE_PROPERTY(name.property(property.key) == property.value);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)read_properties(text);
  const std::size_t line = text.find('\n');
  const Result<ObjectName> one = ObjectName::parse(text.substr(0, line));
  if (!one) return 0;
  check_name(*one);
  if (line == std::string_view::npos) return 0;
  const Result<ObjectName> two = ObjectName::parse(text.substr(line + 1));
  if (!two) return 0;
  check_name(*two);
  (void)one->matches(*two);
  const Result<ObjectName> everything = ObjectName::parse("");
  JMXBRIDGE_REQUIRE_PROPERTY(everything->matches(*two) != two->is_pattern());
  return 0;
}
