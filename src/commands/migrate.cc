#include "commands/migrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <tuple>
#include <vector>

#include "base/log.h"
#include "commands/configuration.h"
#include "commands/migration_verdicts.h"
#include "config/load.h"
#include "config/yaml_reader.h"

namespace jmxbridge {
namespace {

constexpr std::string_view kAgentTarget =
    "this is a file of the Java agent, which reads the JVM it is in; add the line "
    "'hostPort: HOST:PORT' with the JMX address of that JVM (-Dcom.sun.management.jmxremote.port), "
    "and take -javaagent from its command line";
constexpr std::string_view kAgentFamilies =
    "of a Java agent's page the families jvm_* and process_*, which it adds of its own JVM, are "
    "missing here; the same numbers are java_lang_*, so change what reads them, or name them by "
    "rules";

std::string_view name_of(MoveVerdict verdict) {
  switch (verdict) {
    case MoveVerdict::kChange:
      return "change";
    case MoveVerdict::kCheck:
      return "check";
    case MoveVerdict::kBetter:
      return "better";
    case MoveVerdict::kSame:
      break;
  }
  return "same";
}

bool is_at(const Mark& a, const Mark& b) { return a.line == b.line && a.column == b.column; }

/// One line to be.
struct Line {
  Mark mark;
  MoveVerdict verdict = MoveVerdict::kSame;
  std::string key;
  std::string text;
  std::size_t times = 1;  ///< in so many rules
};

/// Goes through a file and collects what there is to say.
class Judge {
 public:
  Judge(std::string path, const YamlNode& root, const Report& report)
      : path_(std::move(path)), root_(root), report_(report) {
    has_target_ = root.find("hostPort") != nullptr || root.find("jmxUrl") != nullptr;
  }

  Migration judge() {
    take_findings();
    for (const YamlNode::Entry& entry : root_.entries) judge_entry("", "", entry);
    judge_absences();
    return result();
  }

 private:
  /// What the loader says of the file stands before what holds of the key in general.
  void take_findings() {
    for (const Finding& finding : report_.findings()) {
      const bool is_error = finding.severity == Severity::kError;
      if (is_error && !has_target_ && finding.key.empty() && finding.mark.line == 0) continue;
      if (finding.severity == Severity::kNote) continue;
      const MoveVerdict verdict = is_error ? MoveVerdict::kChange : MoveVerdict::kCheck;
      lines_.push_back({finding.mark, verdict, finding.key, finding.text, 1});
    }
    if (has_target_) return;
    lines_.push_back({{}, MoveVerdict::kChange, "hostPort", std::string(kAgentTarget), 1});
    lines_.push_back({{}, MoveVerdict::kCheck, "", std::string(kAgentFamilies), 1});
  }

  /// Whether the loader refuses the key or something below it, and so the general does not hold.
  bool is_refused(std::string_view key, const YamlNode::Entry& entry) const {
    return std::any_of(
        report_.findings().begin(), report_.findings().end(), [&](const Finding& finding) {
          if (finding.severity != Severity::kError) return false;
          if (finding.key == key) return true;
          if (finding.key.starts_with(key) && finding.key[key.size()] == '.') return true;
          return is_at(finding.mark, entry.key->mark) || is_at(finding.mark, entry.value->mark);
        });
  }

  /// `general` and `concrete` are the paths of the mapping that has the entry: with `rules[]` and
  /// with `rules[3]`.
  void judge_entry(const std::string& general, const std::string& concrete,
                   const YamlNode::Entry& entry) {
    if (entry.key->type != YamlType::kString) return;
    const std::string& name = entry.key->text;
    const std::string key = general.empty() ? name : general + "." + name;
    const std::string place = concrete.empty() ? name : concrete + "." + name;
    if (!is_refused(place, entry)) apply(key, place, entry);
    judge_below(key, place, *entry.value);
  }

  void judge_below(const std::string& key, const std::string& place, const YamlNode& value) {
    if (key == "rules") {
      for (std::size_t i = 0; i < value.items.size(); ++i) {
        const std::string rule = fmt::format("rules[{}]", i);
        for (const YamlNode::Entry& entry : value.items[i]->entries) {
          judge_entry("rules[]", rule, entry);
        }
      }
    } else if (key == "httpServer" || key == "httpServer.ssl") {
      for (const YamlNode::Entry& entry : value.entries) judge_entry(key, place, entry);
    }
  }

  void apply(const std::string& key, const std::string& place, const YamlNode::Entry& entry) {
    for (const KeyVerdict& each : key_verdicts()) {
      if (each.key != key) continue;
      if (each.applies != nullptr && !each.applies(*entry.value)) continue;
      // What is true of many rules is said once.
      const auto [at, is_new] = said_.try_emplace(&each, lines_.size());
      if (is_new) {
        lines_.push_back({entry.key->mark, each.verdict, place, std::string(each.text), 1});
      } else {
        ++lines_[at->second].times;
      }
    }
  }

  void judge_absences() {
    for (const KeyVerdict& each : absence_verdicts()) {
      const std::size_t dot = each.key.find('.');
      const YamlNode* node = root_.find(each.key.substr(0, dot));
      if (node != nullptr && dot != std::string_view::npos) {
        node = node->type == YamlType::kMapping ? node->find(each.key.substr(dot + 1)) : nullptr;
      }
      const bool is_absent = node == nullptr || (each.applies != nullptr && each.applies(*node));
      if (!is_absent) continue;
      lines_.push_back({{}, each.verdict, std::string(each.key), std::string(each.text), 1});
    }
    for (const KeyVerdict& each : general_verdicts()) {
      lines_.push_back({{}, each.verdict, "", std::string(each.text), 1});
    }
  }

  Migration result() {
    // What has no place in the file stands behind what has one.
    std::stable_sort(lines_.begin(), lines_.end(), [](const Line& a, const Line& b) {
      return std::tuple(a.mark.line == 0, a.mark.line, a.mark.column, a.verdict) <
             std::tuple(b.mark.line == 0, b.mark.line, b.mark.column, b.verdict);
    });
    Migration migration;
    std::map<MoveVerdict, std::size_t> counts;
    for (const Line& line : lines_) {
      ++counts[line.verdict];
      migration.text += path_;
      if (line.mark.line > 0) {
        migration.text += fmt::format(":{}:{}", line.mark.line, line.mark.column);
      }
      migration.text += fmt::format(": {}: ", name_of(line.verdict));
      if (!line.key.empty()) migration.text += line.key + ": ";
      migration.text += line.text;
      if (line.times > 1) {
        migration.text += fmt::format(" (so in {} rules)", line.times);
      }
      migration.text += '\n';
    }
    const std::size_t changes = counts[MoveVerdict::kChange];
    migration.text += fmt::format("{}: {} to change, {} to check, {} better, {} the same\n", path_,
                                  changes, counts[MoveVerdict::kCheck],
                                  counts[MoveVerdict::kBetter], counts[MoveVerdict::kSame]);
    if (changes > 0) migration.status = kExitFindings;
    return migration;
  }

  const std::string path_;
  const YamlNode& root_;
  const Report& report_;
  bool has_target_ = false;
  std::vector<Line> lines_;
  std::map<const KeyVerdict*, std::size_t> said_;
};

}  // namespace

Migration judge_migration(const std::string& path) {
  const Report report = load_snapshot(path).report;
  Report ignored(path);
  const Result<std::string> text = read_yaml_file(path);
  const YamlDocument document = text ? read_yaml(*text, ignored) : YamlDocument();
  if (!document.valid || document.root == nullptr || document.root->type != YamlType::kMapping) {
    return {report.text(), kExitError};
  }
  return Judge(printable(path), *document.root, report).judge();
}

int migrate(const CommandLine& line) {
  set_up_log(line.log_level, line.log_format);
  const Migration migration = judge_migration(line.files[0]);
  std::fputs(migration.text.c_str(), migration.status == kExitError ? stderr : stdout);
  return migration.status;
}

}  // namespace jmxbridge
