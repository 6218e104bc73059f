#include "exposition/text_page.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "exposition/label_text.h"
#include "exposition/names.h"

// The two formats share all but their metadata lines: text 0.0.4 names the exposed series there
// and knows fewer types, OpenMetrics names the family, has units and an end mark.

namespace jmxbridge {
namespace {

std::string_view type_text(FamilyType type, Format format) {
  const bool text = format == Format::kText;
  switch (type) {
    case FamilyType::kUnknown:
      return text ? "untyped" : "unknown";
    case FamilyType::kCounter:
      return "counter";
    case FamilyType::kGauge:
      return "gauge";
    case FamilyType::kInfo:
      return text ? "gauge" : "info";
    case FamilyType::kStateSet:
      return text ? "gauge" : "stateset";
    case FamilyType::kSummary:
      return "summary";
  }
  return "untyped";
}

/// `name` is the family's own, escaped.
void append_metadata(const FamilySpec& family, std::string_view name, Format format,
                     std::string& out) {
  const bool text = format == Format::kText;
  const auto line = [&](std::string_view keyword) {
    out += "# ";
    out += keyword;
    out += ' ';
    out += name;
    if (text) out += name_suffix(family.type, SampleSpec::Part::kPlain);
    out += ' ';
  };
  const auto help = [&] {
    if (family.help.empty()) return;
    line("HELP");
    append_escaped(family.help, !text, out);
    out += '\n';
  };

  if (text) help();
  line("TYPE");
  out += type_text(family.type, format);
  out += '\n';
  if (text) return;
  if (!family.unit.empty()) {
    line("UNIT");
    out += family.unit;
    out += '\n';
  }
  help();
}

}  // namespace

GappedText text_page(std::span<const FamilySpec> families, Format format, Escaping escaping) {
  GappedText page;
  std::size_t samples = 0;
  for (const FamilySpec& family : families) samples += family.samples.size();
  page.reserve(samples);

  std::string& text = page.text();
  for (const FamilySpec& family : families) {
    if (family.samples.empty()) continue;
    const std::string name = escaped_name(family, escaping);
    append_metadata(family, name, format, text);
    for (const SampleSpec& sample : family.samples) {
      text += name;
      text += name_suffix(family.type, sample.part);
      append_labels(sample.labels, text, escaping);
      text += ' ';
      if (family.type == FamilyType::kInfo) {
        text += '1';
      } else {
        page.add_number(sample.slot);
      }
      text += '\n';
    }
  }
  if (format == Format::kOpenMetrics) text += "# EOF\n";
  return page;
}

}  // namespace jmxbridge
