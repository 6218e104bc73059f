#include "config/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace jmxbridge {
namespace {

constexpr std::size_t kMostOfAKind = 500;

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return "note";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      break;
  }
  return "error";
}

std::string line_of(const Finding& finding) {
  std::string line = finding.file;
  if (finding.mark.line > 0) {
    line += fmt::format(":{}:{}", finding.mark.line, finding.mark.column);
  }
  line += fmt::format(": {}: ", name_of(finding.severity));
  if (!finding.key.empty()) line += finding.key + ": ";
  return line + finding.text;
}

}  // namespace

void Report::error(Mark mark, std::string_view key, std::string_view text) {
  if (++errors_ <= kMostOfAKind) add(Severity::kError, mark, key, text);
}

void Report::warning(Mark mark, std::string_view key, std::string_view text) {
  if (++warnings_ <= kMostOfAKind) add(Severity::kWarning, mark, key, text);
}

void Report::note(Mark mark, std::string_view key, std::string_view text) {
  if (++notes_ <= kMostOfAKind) add(Severity::kNote, mark, key, text);
}

std::size_t Report::count(Severity severity) const {
  switch (severity) {
    case Severity::kNote:
      return notes_;
    case Severity::kWarning:
      return warnings_;
    case Severity::kError:
      break;
  }
  return errors_;
}

void Report::add(Severity severity, Mark mark, std::string_view key, std::string_view text) {
  findings_.push_back({severity, file_, mark, std::string(key), std::string(text)});
}

std::vector<const Finding*> Report::sorted() const {
  std::vector<const Finding*> sorted;
  sorted.reserve(findings_.size());
  for (const Finding& finding : findings_) sorted.push_back(&finding);
  // Findings of one place stay in the order they were met, which is that of their addresses.
  std::sort(sorted.begin(), sorted.end(), [](const Finding* a, const Finding* b) {
    return std::tie(a->mark.line, a->mark.column, a) < std::tie(b->mark.line, b->mark.column, b);
  });
  return sorted;
}

std::string Report::text() const {
  std::string out;
  for (const Finding* finding : sorted()) out += line_of(*finding) + '\n';
  if (const std::size_t left = errors_ + warnings_ + notes_ - findings_.size(); left > 0) {
    out += fmt::format("{}: {} more findings are not listed; mend these first\n", file_, left);
  }
  return out;
}

std::vector<std::string> Report::lines(Severity severity) const {
  std::vector<std::string> lines;
  for (const Finding* finding : sorted()) {
    if (finding->severity == severity) lines.push_back(line_of(*finding));
  }
  return lines;
}

}  // namespace jmxbridge
