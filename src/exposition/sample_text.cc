#include "exposition/sample_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/log.h"
#include "exposition/label_text.h"

namespace jmxbridge {
namespace {

constexpr std::array<std::string_view, 5> kTypes = {"counter", "gauge", "summary", "histogram",
                                                    "untyped"};

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

bool read_type(LineReader& line, TextMetadata& family) {
  line.skip_blanks();
  const std::string_view word = line.take_word();
  const std::string_view type = word == "unknown" ? "untyped" : word;
  if (std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end()) {
    return line.wrong(fmt::format(
        "{} is no type; write counter, gauge, summary, histogram or untyped", shown(word)));
  }
  if (!family.type.empty()) return line.wrong("the type of this family stands twice; keep one");
  family.type = type;
  return line.read_end("nothing follows a type");
}

/// A line that starts with `#`; what is neither TYPE nor HELP is a comment.
bool read_comment(LineReader& line, SampleText& out) {
  line.take_word();
  line.skip_blanks();
  const std::string_view keyword = line.take_word();
  if (keyword != "TYPE" && keyword != "HELP") return true;
  line.skip_blanks();
  const std::string_view name = line.take_word();
  if (name.empty()) return line.wrong(fmt::format("a name is missing behind {}", keyword));
  TextMetadata& family = out.families[std::string(name)];
  if (keyword == "TYPE") return read_type(line, family);
  const std::string_view help = line.rest();
  family.has_help = true;
  family.help = without_escapes(help.substr(help.empty() ? 0 : 1));
  return true;
}

bool read_line(LineReader& line, SampleText& out) {
  line.skip_blanks();
  if (line.rest().empty()) return true;
  if (line.rest().starts_with('#')) return read_comment(line, out);
  TextSample sample;
  if (!line.read_name(sample) || !line.read_number(sample.value) ||
      !line.read_end("nothing may follow the number: timestamps are not compared")) {
    return false;
  }
  out.samples.push_back(std::move(sample));
  return true;
}

}  // namespace

Result<SampleText, SampleTextError> parse_sample_text(std::string_view text) {
  if (text.size() > kLargestSampleText) {
    return Unexpected<SampleTextError>{{1, 1, "the text is longer than 64 MiB; shorten it"}};
  }
  SampleText out;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    LineReader line(text.substr(0, end));
    if (!read_line(line, out)) {
      return Unexpected<SampleTextError>{{number, line.column(), std::move(line.fault)}};
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
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

}  // namespace jmxbridge
