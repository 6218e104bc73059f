#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/metric.h"
#include "base/result.h"

namespace jmxbridge {

/// One sample as text format 0.0.4 writes it.
struct TextSample {
  std::string name;
  std::vector<Label> labels;  ///< ascending by name, each name once
  double value = 0;
};

/// What a text says beside its samples, for one family.
struct TextMetadata {
  std::string type;  ///< counter, gauge, summary, histogram or untyped; empty: not said
  std::string help;
  bool has_help = false;
};

/// A text in format 0.0.4, taken apart.
struct SampleText {
  std::vector<TextSample> samples;  ///< as they stand
  std::map<std::string, TextMetadata, std::less<>> families;
};

/// Why a text cannot be read; lines and columns count from 1.
struct SampleTextError {
  int line = 0;
  int column = 0;
  std::string text;
};

/// How long such a text may be, in bytes.
inline constexpr std::size_t kLargestSampleText = std::size_t{64} << 20;

/// Reads lines of text format 0.0.4: samples without timestamps, TYPE, HELP, comments. Names that
/// are not legal stand quoted within the braces. `unknown` is read as `untyped`.
Result<SampleText, SampleTextError> parse_sample_text(std::string_view text);

/// Reads a page as a server sends it, in format 0.0.4 or OpenMetrics, and gives it as the former
/// has it: a counter by its name with `_total`, an info as gauge with `_info`, a state set as
/// gauge. Timestamps, exemplars, units and the times of creation are passed over. A page whose last
/// line does not end is not whole.
Result<SampleText, SampleTextError> parse_exposition(std::string_view text);

/// Reads a sample without its number: `name` or `name{label="value"}`.
Result<TextSample, SampleTextError> parse_sample_name(std::string_view text);

/// Writes a sample's name and labels as the format has them.
std::string sample_name_text(const TextSample& sample);

/// Writes a number as the format has it.
std::string sample_number_text(double number);

/// The family that a sample belongs to: its own name, but for the parts of a summary or histogram.
std::string_view family_of(const SampleText& text, std::string_view name);

}  // namespace jmxbridge
