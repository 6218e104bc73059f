// A stream of a hostile target, read as everything that a target may be asked for.
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

#include "base/utf.h"
#include "jmx/stream_decoder.h"
#include "tests/fuzz/require.h"

using namespace jmxbridge;

namespace {

Limits limits() {
  Limits limits;
  limits.samples = 20'000;
  limits.answer_bytes = std::size_t{1} << 20;
  return limits;
}

void walk(const Value& value, std::string& text);

void walk(const CompositeValue& composite, std::string& text) {
  JMXBRIDGE_REQUIRE_PROPERTY(composite.names.size() == composite.values.size());
  for (std::size_t i = 0; i < composite.names.size(); ++i) {
    JMXBRIDGE_REQUIRE_PROPERTY(i == 0 ||
                               compare_java_order(composite.names[i - 1], composite.names[i]) <= 0);
    JMXBRIDGE_REQUIRE_PROPERTY(composite.find(composite.names[i]) != nullptr);
    walk(composite.values[i], text);
  }
}

/// Touches every byte that a value leads to; ends because a decoder bounds how many there are.
void walk(const Value& value, std::string& text) {
  text.clear();
  (void)append_match_text(value, text);
  (void)append_java_text(value, text);
  text += value.text;
  JMXBRIDGE_REQUIRE_PROPERTY(is_utf8(text));
  JMXBRIDGE_REQUIRE_PROPERTY((value.composite != nullptr) == (value.kind == ValueKind::kComposite));
  JMXBRIDGE_REQUIRE_PROPERTY((value.tabular != nullptr) == (value.kind == ValueKind::kTabular));
  if (value.composite != nullptr) walk(*value.composite, text);
  if (value.tabular == nullptr) return;
  for (const std::string_view name : value.tabular->index_names) text += name;
  for (const CompositeValue* row : value.tabular->rows) walk(*row, text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Kept from one input to the next, as a session keeps it.
  static StreamDecoder decoder(limits());
  const std::span<const std::byte> stream(reinterpret_cast<const std::byte*>(data), size);
  std::string text;
  if (const Result<Value> value = decoder.decode_value(stream)) walk(*value, text);
  if (const auto list = decoder.decode_attribute_list(stream)) {
    for (const NamedValue& named : *list) {
      JMXBRIDGE_REQUIRE_PROPERTY(is_utf8(named.name));
      walk(named.value, text);
    }
  }
  if (const Result<MBeanInfo> info = decoder.decode_mbean_info(stream)) {
    for (const AttributeInfo& attribute : info->attributes) {
      JMXBRIDGE_REQUIRE_PROPERTY(is_utf8(attribute.name) && is_utf8(attribute.type));
    }
  }
  if (const auto names = decoder.decode_object_names(stream)) {
    for (const ObjectName& name : *names) JMXBRIDGE_REQUIRE_PROPERTY(is_utf8(name.text()));
  }
  return 0;
}
