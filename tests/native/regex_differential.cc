// Compares our regular expressions with java.util.regex itself: verdicts and groups of many
// generated patterns and texts, in the wrapping that rules have. Needs a JDK 17 or later.
//
// usage: regex_differential ORACLE.java [CASES [SEED]]
//
// Exit status 0 if all agree, 1 if not.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "folder.h"
#include "regex_generator.h"
#include "rules/java_regex.h"

using namespace jmxbridge;

namespace {

struct Question {
  std::string pattern;
  std::string text;
};

const char* reason_name(RegexRefusal why) {
  switch (why) {
    case RegexRefusal::kSyntax:
      return "syntax";
    case RegexRefusal::kTooLong:
      return "too long";
    case RegexRefusal::kTooManyGroups:
      return "too many groups";
    case RegexRefusal::kTooDeep:
      return "too deep";
    case RegexRefusal::kRepeatTooLarge:
      return "repeat too large";
    case RegexRefusal::kLookBehind:
      return "look-behind";
    case RegexRefusal::kUnicodeClasses:
      return "flag U";
    case RegexRefusal::kCanonicalEquivalence:
      return "flag c";
    case RegexRefusal::kNamedCharacter:
      return "named character";
    case RegexRefusal::kGraphemeBoundary:
      return "grapheme boundary";
    case RegexRefusal::kProperty:
      return "property";
    case RegexRefusal::kClassOperator:
      return "class operator";
  }
  return "?";
}

std::string hex(std::string_view text) {
  if (text.empty()) return "-";
  std::string out;
  for (const char c : text) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

std::string visible(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c >= ' ' && c != 127) {
      out += c;
    } else if (c < 0) {
      out += c;
    } else {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

bool is_ascii(std::string_view text) {
  for (const char c : text) {
    if (c < 0) return false;
  }
  return true;
}

/// What of a pattern is left different on purpose (java_regex_translate.h), or by Java's version.
struct Corners {
  std::set<std::uint32_t> kept;  ///< groups that Java may keep set when it backs out
  std::set<std::uint32_t> referred;
  bool has_boundary = false;
  bool has_grapheme = false;
  bool has_caseless_reference = false;

  void visit(const RegexNode& node, bool keeps) {
    using Kind = RegexNode::Kind;
    if (node.kind == Kind::kCapture && keeps) kept.insert(node.number);
    if (node.kind == Kind::kBackReference) {
      referred.insert(node.number);
      has_caseless_reference = has_caseless_reference || node.caseless;
    }
    has_boundary = has_boundary || node.kind == Kind::kWordBoundary;
    has_grapheme = has_grapheme || node.kind == Kind::kGrapheme;
    const bool inner = keeps || node.kind == Kind::kAtomic || node.kind == Kind::kLookAhead ||
                       node.kind == Kind::kLookBehind ||
                       (node.kind == Kind::kRepeat && node.greed == RegexNode::Greed::kPossessive);
    for (const RegexNode& part : node.parts) visit(part, inner);
  }
  bool refers_to_kept() const {
    for (const std::uint32_t group : referred) {
      if (kept.contains(group)) return true;
    }
    return false;
  }
};

/// Starts the oracle, asks it everything and returns its lines; empty if there is no java.
std::vector<std::string> ask(const std::string& oracle, const std::vector<Question>& questions) {
  const Folder folder;
  const std::string name = folder.path("questions");
  {
    std::ofstream out(name);
    for (const Question& question : questions) {
      out << hex(wrap_rule_pattern(question.pattern)) << ' ' << hex(question.text) << '\n';
    }
  }
  const char* home = std::getenv("JAVA_HOME");
  const std::string java =
      home != nullptr && *home != '\0' ? std::string(home) + "/bin/java" : "java";
  const std::string command = fmt::format(
      "env -u JAVA_TOOL_OPTIONS -u JDK_JAVA_OPTIONS '{}' -Xss8m -XX:+UseSerialGC '{}' < {} 2>&1",
      java, oracle, name);
  std::vector<std::string> lines;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe != nullptr) {
    char* line = nullptr;
    std::size_t room = 0;
    for (ssize_t size = getline(&line, &room, pipe); size > 0; size = getline(&line, &room, pipe)) {
      lines.emplace_back(line, static_cast<std::size_t>(size - 1));
    }
    std::free(line);
    pclose(pipe);
  }
  return lines;
}

/// Our answer in the oracle's form, for a pattern that compiled.
std::string answer(const JavaRegex& regex, std::uint32_t groups, const std::string& text) {
  Captures captures;
  const JavaRegex::Verdict verdict = regex.match(text, captures);
  if (verdict == JavaRegex::Verdict::kLimit) return "X";
  if (verdict == JavaRegex::Verdict::kNoMatch) return "N";
  std::string line = "M";
  for (std::uint32_t i = 1; i <= groups; ++i) {
    line += captures.has(i) ? ' ' + hex(captures.group(i)) : " .";
  }
  return line;
}

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> parts(1);
  for (const char c : line) {
    if (c == ' ') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// True if both say the same, but for groups in `kept` that Java has set and we have not.
bool agrees(const std::string& java, const std::string& ours, const std::set<std::uint32_t>& kept) {
  if (java == ours) return true;
  const std::vector<std::string> theirs = split(java);
  const std::vector<std::string> own = split(ours);
  if (theirs.front() != own.front() || theirs.size() != own.size()) return false;
  for (std::uint32_t i = 1; i < theirs.size(); ++i) {
    if (theirs[i] != own[i] && !kept.contains(i)) return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: regex_differential ORACLE.java [CASES [SEED]]\n";
    return 2;
  }
  const std::size_t wanted = argc > 2 ? std::stoul(argv[2]) : 20'000;
  RegexGenerator generator(argc > 3 ? std::stoul(argv[3]) : 20'240'607);
  std::vector<Question> questions;
  while (questions.size() < wanted) {
    const RegexGenerator::Case made = generator.next();
    for (const std::string& text : made.texts) questions.push_back({made.pattern, text});
  }
  const std::vector<std::string> java = ask(argv[1], questions);
  if (java.empty()) {
    std::cerr << "no java answered: set JAVA_HOME\n";
    return 1;
  }
  if (java.size() != questions.size() + 1) {
    std::cerr << "the oracle answered " << java.size() << " lines, the last: " << java.back()
              << "\n";
    return 1;
  }
  const int version = std::stoi(java.front());

  std::map<std::string, std::size_t> refused;
  std::map<std::string, std::size_t> counts;
  std::size_t wrong = 0;
  const auto complain = [&](const Question& question, const std::string& theirs,
                            const std::string& ours) {
    if (++wrong <= 40) {
      std::cout << "pattern " << visible(question.pattern) << "\n  text  " << visible(question.text)
                << "\n  java  " << theirs << "\n  ours  " << ours << '\n';
    }
  };
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const Question& question = questions[i];
    const std::string& theirs = java[i + 1];
    const Result<RegexSyntax, RegexError> syntax = parse_rule_pattern(question.pattern);
    std::optional<RegexError> error;
    if (!syntax) error = syntax.error();
    std::optional<JavaRegex> regex;
    if (!error) {
      Result<JavaRegex, RegexError> compiled = JavaRegex::compile(*syntax);
      if (compiled) {
        regex = std::move(*compiled);
      } else {
        error = compiled.error();
      }
    }
    if (error) {
      ++refused[reason_name(error->why)];
      if (error->why == RegexRefusal::kSyntax && theirs != "E") {
        complain(question, theirs, "refused: " + error->text);
      }
      if (error->why == RegexRefusal::kTooLong) complain(question, theirs, error->text);
      continue;
    }
    if (theirs == "E") {
      complain(question, theirs, "accepted");
      continue;
    }
    Corners corners;
    corners.visit(syntax->root, false);
    const bool plain = is_ascii(question.text) && is_ascii(question.pattern);
    if (corners.refers_to_kept() || (corners.has_boundary && version >= 19 && !plain) ||
        (corners.has_caseless_reference && !plain) || (corners.has_grapheme && !plain)) {
      ++counts["left out"];
      continue;
    }
    const std::string ours = answer(*regex, syntax->groups, question.text);
    if (theirs == "X" || ours == "X") {
      ++counts["gave up"];
    } else if (!agrees(theirs, ours, corners.kept)) {
      complain(question, theirs, ours);
    } else {
      ++counts[theirs == "N" ? "no match" : theirs == ours ? "match" : "match, group kept by Java"];
    }
  }

  std::cout << questions.size() << " pairs against Java " << version << ": " << wrong << " wrong\n";
  for (const auto& [what, count] : counts) std::cout << "  " << what << ": " << count << '\n';
  for (const auto& [why, count] : refused)
    std::cout << "  refused, " << why << ": " << count << '\n';
  bool covered = true;
  for (const char* construct :
       {"greedy",   "lazy",        "possessive",  "(?>…)",      "(?=…)",         "(?!…)",
        "(?<=…)",   "(?<n>…)",     "\\k<n>",      "\\Q…\\E",    "\\x41 \\u0041", "\\h \\v",
        "\\R",      "\\Z \\z",     "\\e \\a \\t", "&&",         "[a[b]]",        "[]a]",
        "[^…]",     "range",       "\\p{Alpha}",  "\\p{Punct}", "\\p{L}",        "\\p{Is…}",
        "\\p{In…}", "\\d \\w \\s", "(?i)",        "(?iu)",      "(?d)",          "(?s)",
        "(?m)",     "(?x)",        "\\1",         "\\11",       "octal",         ".",
        "oddity",   "^",           "$",           "\\b",        "alternation"}) {
    const auto at = generator.constructs().find(construct);
    if (at == generator.constructs().end() || at->second < 20) {
      std::cout << "  written too rarely: " << construct << '\n';
      covered = false;
    }
  }
  const bool few =
      counts["gave up"] * 50 < questions.size() && counts["match"] * 5 > questions.size();
  if (!few) std::cout << "  too few matches, or too many given up\n";
  return wrong == 0 && covered && few ? 0 : 1;
}
