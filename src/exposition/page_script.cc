#include "exposition/page_script.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/java_number.h"
#include "exposition/protobuf_metric.h"
#include "exposition/protobuf_page.h"
#include "exposition/protobuf_text_page.h"
#include "exposition/text_page.h"

namespace jmxbridge {
namespace {

/// How one form writes its numbers. `kRoom` is what one may take; both functions return the end.
struct ExpositionNumbers {
  static constexpr std::size_t kRoom = kJavaNumberRoom;
  static char* number(double value, char* to) { return write_exposition_double(value, to); }
  static char* count(double value, char* to) { return number(value, to); }
};

struct ProtobufNumbers {
  static constexpr std::size_t kRoom = kProtobufCountBytes;
  static char* number(double value, char* to) {
    std::uint64_t bits = 0;
    static_assert(sizeof bits == sizeof value && sizeof bits == kProtobufNumberBytes);
    std::memcpy(&bits, &value, sizeof bits);
    for (std::size_t i = 0; i < sizeof bits; ++i) to[i] = static_cast<char>(bits >> (8 * i));
    return to + sizeof bits;
  }
  /// A varint of full length, so that the lengths around it hold for any number.
  static char* count(double value, char* to) {
    std::uint64_t rest = whole_number(value);
    for (std::size_t i = 0; i + 1 < kProtobufCountBytes; ++i, rest >>= 7) {
      *to++ = static_cast<char>((rest & 0x7FU) | 0x80U);
    }
    *to++ = static_cast<char>(rest);
    return to;
  }
};

struct ProtobufTextNumbers {
  static constexpr std::size_t kRoom = kJavaNumberRoom;
  static char* number(double value, char* to) { return write_java_double(value, to); }
  static char* count(double value, char* to) {
    return std::to_chars(to, to + kRoom, whole_number(value)).ptr;
  }
};

template <class Form>
void fill(const GappedText& page, std::span<const double> values, std::string& out) {
  const std::size_t before = out.size();
  out.resize(before + page.size(Form::kRoom, Form::kRoom));
  char* to = out.data() + before;
  const char* from = page.text().data();
  for (const GappedText::Gap& gap : page.gaps()) {
    assert(gap.slot < values.size());
    std::memcpy(to, from, gap.text_size);
    from += gap.text_size;
    to += gap.text_size;
    const double value = values[gap.slot];
    to = gap.is_count != 0 ? Form::count(value, to) : Form::number(value, to);
  }
  const auto rest = static_cast<std::size_t>(page.text().data() + page.text().size() - from);
  std::memcpy(to, from, rest);
  out.resize(static_cast<std::size_t>(to + rest - out.data()));
}

GappedText make_page(std::span<const FamilySpec> families, Format format, Escaping escaping) {
  switch (format) {
    case Format::kProtobuf:
      return protobuf_page(families, escaping);
    case Format::kProtobufText:
      return protobuf_text_page(families, escaping);
    case Format::kText:
    case Format::kOpenMetrics:
      break;
  }
  return text_page(families, format, escaping);
}

}  // namespace

PageScript::PageScript(std::span<const FamilySpec> families, Format format, Escaping escaping)
    : format_(format), text_(make_page(families, format, escaping)) {
  text_.shrink_to_fit();
}

void PageScript::render(std::span<const double> values, std::string& out) const {
  switch (format_) {
    case Format::kText:
    case Format::kOpenMetrics:
      return fill<ExpositionNumbers>(text_, values, out);
    case Format::kProtobuf:
      return fill<ProtobufNumbers>(text_, values, out);
    case Format::kProtobufText:
      return fill<ProtobufTextNumbers>(text_, values, out);
  }
}

}  // namespace jmxbridge
