// What a hostile target sends in answer to calls: bytes in pieces, taken apart as they come.
#include <cstdint>
#include <optional>
#include <span>

#include "base/utf.h"
#include "jrmp/answer_reader.h"
#include "tests/fuzz/require.h"

using namespace jmxbridge;
using Front = AnswerReader::Front;

namespace {

Limits limits() {
  Limits limits;
  limits.samples = 20'000;
  limits.answer_bytes = std::size_t{1} << 20;
  return limits;
}

/// Takes one answer off the front, or all there is where that cannot go on.
std::size_t take(AnswerReader& reader, std::span<const std::byte> bytes) {
  const AnswerReader::Look seen = reader.look(bytes);
  if (seen.front == Front::kUnreadable) {
    const std::optional<std::size_t> next = reader.find_next(bytes.subspan(1));
    JMXBRIDGE_REQUIRE_PROPERTY(!next || *next + 1 < bytes.size());
    return next ? *next + 1 : bytes.size();
  }
  if (seen.front != Front::kWhole) return bytes.size();
  JMXBRIDGE_REQUIRE_PROPERTY(seen.size > seen.value.size() && seen.size <= bytes.size());
  if (seen.threw) {
    JMXBRIDGE_REQUIRE_PROPERTY(is_utf8(reader.decoder().thrown().brief));
  } else {
    (void)reader.decoder().attribute_list();
    (void)reader.decoder().notifications();
    (void)reader.decoder().mbean_info();
    (void)reader.decoder().value();
  }
  // What is whole is the same whatever follows, and is cut off without its last byte.
  JMXBRIDGE_REQUIRE_PROPERTY(reader.look(bytes.first(seen.size)).front == Front::kWhole);
  JMXBRIDGE_REQUIRE_PROPERTY(reader.look(bytes.first(seen.size - 1)).front != Front::kWhole);
  return seen.size;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Kept from one input to the next, as a source keeps it.
  static AnswerReader reader(limits());
  std::span<const std::byte> rest(reinterpret_cast<const std::byte*>(data), size);
  while (!rest.empty()) rest = rest.subspan(take(reader, rest));
  return 0;
}
