#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "exposition/sample_text.h"
#include "require.h"

// Any text is a list of samples or a located error; a sample's name reads back as it is written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jmxbridge;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<SampleText, SampleTextError> page = parse_exposition(text);
  if (!page) JMXBRIDGE_REQUIRE_PROPERTY(page.error().line >= 1 && page.error().column >= 1);
  const Result<SampleText, SampleTextError> read = parse_sample_text(text);
  if (!read) {
    JMXBRIDGE_REQUIRE_PROPERTY(!read.error().text.empty());
    JMXBRIDGE_REQUIRE_PROPERTY(read.error().line >= 1 && read.error().column >= 1);
    return 0;
  }
  for (const TextSample& sample : read->samples) {
    const bool is_legal = sample.name.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:") ==
                          std::string::npos;
    if (!is_legal) continue;
    const Result<TextSample, SampleTextError> name = parse_sample_name(sample_name_text(sample));
    JMXBRIDGE_REQUIRE_PROPERTY(name.has_value());
    JMXBRIDGE_REQUIRE_PROPERTY(name->name == sample.name && name->labels == sample.labels);
  }
  return 0;
}
