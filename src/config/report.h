#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jmxbridge {

/// A place in a file; lines and columns count from 1, 0 is "the file as a whole".
struct Mark {
  int line = 0;
  int column = 0;
};

/// An error makes the configuration unusable. A warning is of what cannot have been meant, a note
/// of what could be better.
enum class Severity : std::uint8_t { kNote, kWarning, kError };

/// One thing to say about a file: where, at which key, what was found and what would be right.
struct Finding {
  Severity severity = Severity::kError;
  std::string file;
  Mark mark;
  std::string key;   ///< dotted path, as `rules[2].pattern`; empty for the file as a whole
  std::string text;  ///< a sentence: what was found, and what to write instead
};

/// All findings of one load, in the order they were met; loading never stops at the first. Of a
/// file with more than some hundreds of errors, of warnings or of notes the first are kept, and the
/// others counted.
class Report {
 public:
  explicit Report(std::string file) : file_(std::move(file)) {}

  void error(Mark mark, std::string_view key, std::string_view text);
  void warning(Mark mark, std::string_view key, std::string_view text);
  void note(Mark mark, std::string_view key, std::string_view text);

  const std::string& file() const { return file_; }
  const std::vector<Finding>& findings() const { return findings_; }
  /// How many there are, those beyond the bound included.
  std::size_t count(Severity severity) const;
  bool has_errors() const { return errors_ > 0; }
  /// One line a finding, sorted by place: `FILE:LINE:COLUMN: error: KEY: TEXT`.
  std::string text() const;
  /// The same, those of one severity only, each without its line end.
  std::vector<std::string> lines(Severity severity) const;

 private:
  std::vector<const Finding*> sorted() const;
  void add(Severity severity, Mark mark, std::string_view key, std::string_view text);

  std::string file_;
  std::vector<Finding> findings_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
  std::size_t notes_ = 0;
};

}  // namespace jmxbridge
