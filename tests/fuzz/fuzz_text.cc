// Texts and numbers of base: what is written reads back, what is checked stays checked.
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/java_number.h"
#include "base/log.h"
#include "base/utf.h"
#include "tests/fuzz/require.h"

using namespace jmxbridge;

namespace {

void check_number(double number) {
  char text[kJavaNumberRoom];
  const std::string_view written(text,
                                 static_cast<std::size_t>(write_java_double(number, text) - text));
  JMXBRIDGE_REQUIRE_PROPERTY(written.size() <= kJavaNumberRoom);
  const std::optional<double> read = parse_java_double(written);
  JMXBRIDGE_REQUIRE_PROPERTY(read.has_value());
  JMXBRIDGE_REQUIRE_PROPERTY(std::isnan(number) ? std::isnan(*read)
                                                : std::bit_cast<std::uint64_t>(*read) ==
                                                      std::bit_cast<std::uint64_t>(number));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (size >= sizeof(double)) {
    double number = 0;
    std::memcpy(&number, data, sizeof number);
    check_number(number);
  }
  if (const std::optional<double> number = parse_java_double(text)) check_number(*number);

  std::string utf;
  if (append_modified_utf8(text, utf)) {
    JMXBRIDGE_REQUIRE_PROPERTY(is_utf8(utf));
    JMXBRIDGE_REQUIRE_PROPERTY(utf.size() <= text.size());
    std::string modified;
    append_as_modified_utf8(utf, modified);
    std::string again;
    JMXBRIDGE_REQUIRE_PROPERTY(append_modified_utf8(modified, again) && again == utf);
  } else {
    JMXBRIDGE_REQUIRE_PROPERTY(utf.empty());
  }

  const std::string shown = printable(text, 64);
  JMXBRIDGE_REQUIRE_PROPERTY(is_utf8(shown));
  JMXBRIDGE_REQUIRE_PROPERTY(shown.size() <= 64 + std::string_view("…").size());
  for (const char c : shown) {
    JMXBRIDGE_REQUIRE_PROPERTY(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
  }

  const std::string_view a = text.substr(0, size / 2);
  const std::string_view b = text.substr(size / 2);
  JMXBRIDGE_REQUIRE_PROPERTY((compare_java_order(a, b) < 0) == (compare_java_order(b, a) > 0));
  JMXBRIDGE_REQUIRE_PROPERTY((compare_java_order(a, b) == 0) == (a == b));
  return 0;
}
