#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "require.h"
#include "snapshot/read_snapshot.h"
#include "snapshot/write_snapshot.h"

// Any text is a snapshot or an error with words; what was read is written and read back the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jmxbridge;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Recording> read = read_snapshot(text);
  if (!read) {
    JMXBRIDGE_REQUIRE_PROPERTY(!read.error().text.empty());
    return 0;
  }
  const std::string written = write_snapshot(*read);
  const Result<Recording> again = read_snapshot(written);
  JMXBRIDGE_REQUIRE_PROPERTY(again.has_value());
  JMXBRIDGE_REQUIRE_PROPERTY(write_snapshot(*again) == written);
  return 0;
}
