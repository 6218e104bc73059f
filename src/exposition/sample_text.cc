#include "exposition/sample_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "base/java_number.h"
#include "base/log.h"
#include "exposition/label_text.h"

namespace jmxbridge {
namespace {

constexpr std::array<std::string_view, 5> kTypes = {"counter", "gauge", "summary", "histogram",
                                                    "untyped"};
/// Of OpenMetrics alone, with the type by which format 0.0.4 has them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kOpenMetricsTypes = {
    {{"info", "gauge"}, {"stateset", "gauge"}, {"gaugehistogram", "histogram"}}};

/// Where a text comes from, and so what may stand in it.
enum class Origin : std::uint8_t {
  kPerson,  ///< who writes what is expected: nothing that is not compared
  kServer,  ///< either format, in full
};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == ':';
}

std::string shown(std::string_view text) { return "'" + printable(text, 80) + "'"; }

/// Reads one line from left to right. The first thing that is wrong stays in `fault`.
class LineReader {
 public:
  explicit LineReader(std::string_view line) : line_(line) {}

  /// A sample with its labels; the number is for the caller.
  bool read_name(TextSample& sample) {
    skip_blanks();
    sample.name = take_name();
    skip_blanks();
    if (peek() == '{' && !read_labels(sample)) return false;
    if (sample.name.empty()) return wrong("a metric's name is missing here");
    std::sort(sample.labels.begin(), sample.labels.end(),
              [](const Label& a, const Label& b) { return a.name < b.name; });
    const auto twice =
        std::adjacent_find(sample.labels.begin(), sample.labels.end(),
                           [](const Label& a, const Label& b) { return a.name == b.name; });
    if (twice == sample.labels.end()) return true;
    return wrong(fmt::format("the label {} stands twice; keep one", shown(twice->name)));
  }

  /// A family's name behind TYPE or HELP, in quotes where it is not legal.
  bool read_family(std::string& name) {
    if (peek() == '"') return read_quoted(name);
    name = take_word();
    return true;
  }

  bool read_number(double& out) {
    skip_blanks();
    std::string_view word = take_word();
    const std::string_view whole = word;
    if (word.starts_with('+')) word.remove_prefix(1);
    const char* const end = word.data() + word.size();
    const std::from_chars_result read = std::from_chars(word.data(), end, out);
    if (word.empty() || word.starts_with('+') || read.ec != std::errc() || read.ptr != end) {
      at_ -= whole.size();
      return wrong(whole.empty() ? "the sample's number is missing; write it behind the name"
                                 : fmt::format("{} is no number", shown(whole)));
    }
    return true;
  }

  bool read_end(std::string_view complaint) {
    skip_blanks();
    return at_ == line_.size() || wrong(std::string(complaint));
  }

  std::string_view take_word() {
    const std::size_t start = at_;
    while (at_ < line_.size() && !is_blank(line_[at_])) ++at_;
    return line_.substr(start, at_ - start);
  }
  void skip_blanks() {
    while (at_ < line_.size() && is_blank(line_[at_])) ++at_;
  }
  std::string_view rest() const { return line_.substr(at_); }
  bool wrong(std::string text) {
    fault = std::move(text);
    return false;
  }
  int column() const { return static_cast<int>(at_) + 1; }

  std::string fault;

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
  char peek() const { return at_ < line_.size() ? line_[at_] : '\0'; }

  std::string_view take_name() {
    const std::size_t start = at_;
    while (at_ < line_.size() && is_name_character(line_[at_])) ++at_;
    return line_.substr(start, at_ - start);
  }

  bool read_labels(TextSample& sample) {
    ++at_;
    while (true) {
      skip_blanks();
      if (peek() == '}') break;
      if (!read_label(sample)) return false;
      skip_blanks();
      if (peek() == ',') {
        ++at_;
      } else if (peek() != '}') {
        return wrong("a comma or } is missing here");
      }
    }
    ++at_;
    return true;
  }

  bool read_label(TextSample& sample) {
    Label label;
    const bool is_quoted = peek() == '"';
    if (is_quoted) {
      if (!read_quoted(label.name)) return false;
    } else {
      label.name = take_name();
    }
    skip_blanks();
    if (is_quoted && peek() != '=' && sample.name.empty()) {
      sample.name = std::move(label.name);
      return true;
    }
    if (label.name.empty()) return wrong("a label's name is missing here");
    if (peek() != '=') return wrong(fmt::format("= is missing behind {}", shown(label.name)));
    ++at_;
    skip_blanks();
    if (peek() != '"') return wrong("the label's value must stand in double quotes");
    if (!read_quoted(label.value)) return false;
    sample.labels.push_back(std::move(label));
    return true;
  }

  bool read_quoted(std::string& out) {
    const std::size_t start = at_++;
    for (; at_ < line_.size() && line_[at_] != '"'; ++at_) {
      char c = line_[at_];
      if (c == '\\') {
        const char escaped = ++at_ < line_.size() ? line_[at_] : '\0';
        if (escaped != '\\' && escaped != '"' && escaped != 'n') {
          return wrong("only \\\\, \\\" and \\n are escapes here");
        }
        c = escaped == 'n' ? '\n' : escaped;
      }
      out += c;
    }
    if (at_ < line_.size()) {
      ++at_;
      return true;
    }
    at_ = start;
    return wrong("the quote that opens here does not close");
  }

  std::string_view line_;
  std::size_t at_ = 0;
};

/// HELP texts escape backslashes and line ends; all else stands as it is.
std::string without_escapes(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escapes = text[i] == '\\' && i + 1 < text.size();
    if (escapes && (text[i + 1] == 'n' || text[i + 1] == '\\')) {
      out += text[++i] == 'n' ? '\n' : '\\';
    } else {
      out += text[i];
    }
  }
  return out;
}

/// What a name of a family in OpenMetrics is in format 0.0.4.
struct OtherName {
  std::string name;
  std::string_view suffix;
};

bool read_type(LineReader& line, std::string_view name, Origin origin, TextMetadata& family,
               std::vector<OtherName>& others) {
  line.skip_blanks();
  const std::string_view word = line.take_word();
  std::string_view type = word == "unknown" ? "untyped" : word;
  if (origin == Origin::kServer) {
    for (const auto& [open_metrics, plain] : kOpenMetricsTypes) {
      if (word == open_metrics) type = plain;
    }
    if (word == "counter" && !name.ends_with("_total"))
      others.push_back({std::string(name), "_total"});
    if (word == "info" && !name.ends_with("_info")) others.push_back({std::string(name), "_info"});
  }
  if (std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end()) {
    return line.wrong(fmt::format(
        "{} is no type; write counter, gauge, summary, histogram or untyped", shown(word)));
  }
  if (!family.type.empty()) return line.wrong("the type of this family stands twice; keep one");
  family.type = type;
  return line.read_end("nothing follows a type");
}

/// A line that starts with `#`; what is neither TYPE nor HELP is a comment.
bool read_comment(LineReader& line, Origin origin, SampleText& out,
                  std::vector<OtherName>& others) {
  line.take_word();
  line.skip_blanks();
  const std::string_view keyword = line.take_word();
  if (keyword != "TYPE" && keyword != "HELP") return true;
  line.skip_blanks();
  std::string name;
  if (!line.read_family(name)) return false;
  if (name.empty()) return line.wrong(fmt::format("a name is missing behind {}", keyword));
  TextMetadata& family = out.families[name];
  if (keyword == "TYPE") return read_type(line, name, origin, family, others);
  const std::string_view help = line.rest();
  family.has_help = true;
  family.help = without_escapes(help.substr(help.empty() ? 0 : 1));
  return true;
}

/// What may follow a sample's number.
bool read_tail(LineReader& line, Origin origin) {
  if (origin == Origin::kPerson) {
    return line.read_end("nothing may follow the number: timestamps are not compared");
  }
  line.skip_blanks();
  double timestamp = 0;
  if (!line.rest().empty() && !line.rest().starts_with('#') && !line.read_number(timestamp)) {
    return false;
  }
  line.skip_blanks();
  // An exemplar; nothing of it is compared.
  return line.rest().starts_with('#') || line.read_end("nothing may follow the timestamp");
}

bool read_line(LineReader& line, Origin origin, SampleText& out, std::vector<OtherName>& others) {
  line.skip_blanks();
  if (line.rest().empty()) return true;
  if (line.rest().starts_with('#')) return read_comment(line, origin, out, others);
  TextSample sample;
  if (!line.read_name(sample) || !line.read_number(sample.value) || !read_tail(line, origin)) {
    return false;
  }
  out.samples.push_back(std::move(sample));
  return true;
}

/// Gives families of OpenMetrics the names that format 0.0.4 has for them.
void use_plain_names(const std::vector<OtherName>& others, SampleText& out) {
  if (others.empty()) return;
  std::set<std::string_view> names;
  for (const TextSample& sample : out.samples) names.insert(sample.name);
  for (const auto& [name, suffix] : others) {
    const std::string plain = name + std::string(suffix);
    // In format 0.0.4 itself the samples have the family's own name.
    if (names.contains(name) || out.families.contains(plain)) continue;
    auto family = out.families.extract(name);
    family.key() = plain;
    out.families.insert(std::move(family));
  }
}

/// Takes off the times of creation, which OpenMetrics has as samples of the family itself.
void drop_created(SampleText& out) {
  std::set<std::string, std::less<>> created;
  for (const auto& [name, family] : out.families) {
    if (family.type == "gauge" || family.type == "untyped") continue;
    const std::string_view base =
        name.ends_with("_total") ? std::string_view(name).substr(0, name.size() - 6) : name;
    std::string other = std::string(base) + "_created";
    if (!out.families.contains(other)) created.insert(std::move(other));
  }
  std::erase_if(out.samples,
                [&](const TextSample& sample) { return created.contains(sample.name); });
}

Result<SampleText, SampleTextError> parse(std::string_view text, Origin origin) {
  if (text.size() > kLargestSampleText) {
    return Unexpected<SampleTextError>{{1, 1, "the text is longer than 64 MiB; shorten it"}};
  }
  SampleText out;
  std::vector<OtherName> others;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end == text.size() && origin == Origin::kServer) {
      return Unexpected<SampleTextError>{
          {number, static_cast<int>(end) + 1,
           "the page breaks off here, without the end of a line; fetch it again"}};
    }
    LineReader line(text.substr(0, end));
    if (!read_line(line, origin, out, others)) {
      return Unexpected<SampleTextError>{{number, line.column(), std::move(line.fault)}};
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (origin == Origin::kServer) {
    use_plain_names(others, out);
    drop_created(out);
  }
  return out;
}

}  // namespace

Result<SampleText, SampleTextError> parse_sample_text(std::string_view text) {
  return parse(text, Origin::kPerson);
}

Result<SampleText, SampleTextError> parse_exposition(std::string_view text) {
  return parse(text, Origin::kServer);
}

Result<TextSample, SampleTextError> parse_sample_name(std::string_view text) {
  TextSample sample;
  LineReader line(text);
  if (!line.read_name(sample) ||
      !line.read_end("nothing may follow the name and its labels here")) {
    return Unexpected<SampleTextError>{{1, line.column(), std::move(line.fault)}};
  }
  return sample;
}

std::string sample_name_text(const TextSample& sample) {
  std::string out = sample.name;
  append_labels(sample.labels, out);
  return out;
}

std::string sample_number_text(double number) {
  char text[kJavaNumberRoom];
  return {text, write_exposition_double(number, text)};
}

std::string_view family_of(const SampleText& text, std::string_view name) {
  constexpr std::array<std::string_view, 3> kParts = {"_sum", "_count", "_bucket"};
  for (const std::string_view part : kParts) {
    if (!name.ends_with(part)) continue;
    const std::string_view base = name.substr(0, name.size() - part.size());
    const auto family = text.families.find(base);
    if (family == text.families.end()) continue;
    if (family->second.type == "summary" || family->second.type == "histogram") return base;
  }
  return name;
}

}  // namespace jmxbridge
