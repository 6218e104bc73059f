#include "exposition/page_script.h"

#include <cassert>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "base/java_number.h"
#include "exposition/label_text.h"

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

/// What a sample's name has that its family's has not.
std::string_view name_suffix(FamilyType type, SampleSpec::Part part) {
  switch (type) {
    case FamilyType::kCounter:
      return "_total";
    case FamilyType::kInfo:
      return "_info";
    case FamilyType::kSummary:
      if (part == SampleSpec::Part::kSum) return "_sum";
      if (part == SampleSpec::Part::kCount) return "_count";
      return {};
    case FamilyType::kUnknown:
    case FamilyType::kGauge:
    case FamilyType::kStateSet:
      break;
  }
  return {};
}

void append_metadata(const FamilySpec& family, Format format, std::string& out) {
  const bool text = format == Format::kText;
  const auto line = [&](std::string_view keyword) {
    out += "# ";
    out += keyword;
    out += ' ';
    out += family.name;
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

PageScript::PageScript(std::span<const FamilySpec> families, Format format) {
  std::size_t samples = 0;
  for (const FamilySpec& family : families) samples += family.samples.size();
  steps_.reserve(samples);

  std::size_t told = 0;
  for (const FamilySpec& family : families) {
    if (family.samples.empty()) continue;
    append_metadata(family, format, text_);
    for (const SampleSpec& sample : family.samples) {
      text_ += family.name;
      text_ += name_suffix(family.type, sample.part);
      append_labels(sample.labels, text_);
      text_ += ' ';
      if (family.type == FamilyType::kInfo) {
        text_ += '1';
      } else {
        steps_.push_back({static_cast<std::uint32_t>(text_.size() - told), sample.slot});
        told = text_.size();
      }
      text_ += '\n';
    }
  }
  if (format == Format::kOpenMetrics) text_ += "# EOF\n";
  text_.shrink_to_fit();
}

void PageScript::render(std::span<const double> values, std::string& out) const {
  const std::size_t before = out.size();
  out.resize(before + text_.size() + steps_.size() * kJavaNumberRoom);
  char* to = out.data() + before;
  const char* from = text_.data();
  for (const Step& step : steps_) {
    assert(step.slot < values.size());
    std::memcpy(to, from, step.text_size);
    from += step.text_size;
    to = write_exposition_double(values[step.slot], to + step.text_size);
  }
  const auto rest = static_cast<std::size_t>(text_.data() + text_.size() - from);
  std::memcpy(to, from, rest);
  out.resize(static_cast<std::size_t>(to + rest - out.data()));
}

}  // namespace jmxbridge
