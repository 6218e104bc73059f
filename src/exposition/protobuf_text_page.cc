#include "exposition/protobuf_text_page.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "base/java_number.h"
#include "exposition/names.h"
#include "exposition/protobuf_metric.h"

namespace jmxbridge {
namespace {

/// A text in quotes, in ASCII: C's escapes where there are any, else three octal digits a byte.
void append_c_quoted(std::string_view text, std::string& out) {
  static constexpr std::string_view kSpecial = "\a\b\f\n\r\t\v\\'\"";
  static constexpr std::string_view kLetters = "abfnrtv\\'\"";
  out += '"';
  for (const char c : text) {
    const std::size_t special = kSpecial.find(c);
    if (special != std::string_view::npos) {
      out += '\\';
      out += kLetters[special];
    } else if (c >= ' ' && c <= '~') {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "\\{:03o}", static_cast<unsigned char>(c));
    }
  }
  out += '"';
}

/// Writes fields, each on its line, indented by the depth of the message that they are in.
class FieldWriter {
 public:
  explicit FieldWriter(GappedText& out) : out_(out) {}

  void text(std::string_view name, std::string_view value) {
    begin(name);
    append_c_quoted(value, out_.text());
    end();
  }
  void word(std::string_view name, std::string_view value) {
    begin(name);
    out_ += value;
    end();
  }
  void number(std::string_view name, std::uint32_t slot) {
    begin(name);
    out_.add_number(slot);
    end();
  }
  void count(std::string_view name, std::uint32_t slot) {
    begin(name);
    out_.add_count(slot);
    end();
  }
  template <class Fields>
  void message(std::string_view name, Fields fields) {
    indent();
    out_ += name;
    out_ += " {\n";
    ++depth_;
    fields();
    --depth_;
    indent();
    out_ += "}\n";
  }

 private:
  void indent() { out_.text().append(depth_ * 2, ' '); }
  void begin(std::string_view name) {
    indent();
    out_ += name;
    out_ += ": ";
  }
  void end() { out_ += "\n"; }

  GappedText& out_;
  std::size_t depth_ = 0;
};

std::string quantile_text(double quantile) {
  std::array<char, kJavaNumberRoom> text{};
  return {text.data(), write_java_double(quantile, text.data())};
}

/// In the order of the fields' numbers, which is not that of the samples.
void write_summary(std::span<const SampleSpec> samples, FieldWriter& writer) {
  using Part = SampleSpec::Part;
  const auto each = [&](Part part, auto write) {
    for (const SampleSpec& sample : samples) {
      if (sample.part == part) write(sample);
    }
  };
  each(Part::kCount, [&](const SampleSpec& sample) { writer.count("sample_count", sample.slot); });
  each(Part::kSum, [&](const SampleSpec& sample) { writer.number("sample_sum", sample.slot); });
  each(Part::kPlain, [&](const SampleSpec& sample) {
    writer.message("quantile", [&] {
      writer.word("quantile", quantile_text(quantile_of(sample)));
      writer.number("value", sample.slot);
    });
  });
}

void write_value(const FamilySpec& family, std::span<const SampleSpec> samples,
                 FieldWriter& writer) {
  if (family.type == FamilyType::kSummary) {
    write_summary(samples, writer);
    return;
  }
  if (family.type == FamilyType::kInfo) {
    writer.word("value", "1.0");
  } else {
    writer.number("value", samples[0].slot);
  }
  if (family.type != FamilyType::kCounter || !family.created_ms) return;
  writer.message("created_timestamp", [&] {
    const std::int64_t rest = ((*family.created_ms % 1000) + 1000) % 1000;
    writer.word("seconds", std::to_string((*family.created_ms - rest) / 1000));
    if (rest != 0) writer.word("nanos", std::to_string(rest * 1'000'000));
  });
}

}  // namespace

GappedText protobuf_text_page(std::span<const FamilySpec> families, Escaping escaping) {
  GappedText page;
  FieldWriter writer(page);
  for (const FamilySpec& family : families) {
    if (family.samples.empty()) continue;
    const ProtobufType type = protobuf_type(family.type);
    std::string name = escaped_name(family, escaping);
    name += name_suffix(family.type, SampleSpec::Part::kPlain);
    writer.text("name", name);
    writer.text("help", family.help);
    writer.word("type", type.name);
    std::span<const SampleSpec> rest = family.samples;
    while (!rest.empty()) {
      const std::span<const SampleSpec> taken = take_metric(family.type, rest);
      writer.message("metric", [&] {
        for (const Label* label : metric_labels(family.type, taken[0])) {
          writer.message("label", [&] {
            writer.text("name", escaped_name(label->name, escaping));
            writer.text("value", label->value);
          });
        }
        writer.message(type.value_name, [&] { write_value(family, taken, writer); });
      });
    }
  }
  return page;
}

}  // namespace jmxbridge
