#include "commands/explain.h"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "base/log.h"
#include "commands/live_recording.h"
#include "snapshot/read_snapshot.h"

namespace jmxbridge {

int explain(const CommandLine& line) {
  set_up_log(line.log_level, line.log_format);
  ExplainScope scope{{}, line.attribute};
  if (!line.bean.empty()) {
    Result<ObjectName> pattern = ObjectName::parse(line.bean);
    if (!pattern) {
      fmt::print(stderr, "jmxbridge: --bean: {}\n", pattern.error().text);
      return kExitUsage;
    }
    scope.beans = std::move(*pattern);
  }
  const bool is_live = line.snapshot_file.empty();
  std::shared_ptr<const Snapshot> snapshot = load_for(line, is_live);
  if (!snapshot) return kExitError;
  Result<Recording> recording = is_live ? record_target(line, *snapshot, scope.beans)
                                        : read_snapshot_file(line.snapshot_file);
  if (!recording) {
    fmt::print(stderr, "jmxbridge: {}\n", recording.error().text);
    return kExitError;
  }
  const std::string text = explain_recording(
      std::make_shared<const Recording>(std::move(*recording)), std::move(snapshot), scope);
  if (text.empty()) {
    fmt::print(stderr, "jmxbridge: there is no bean {}{}; look at the names with --bean='*:*'\n",
               line.bean.empty() ? "*:*" : printable(line.bean),
               line.attribute.empty() ? "" : " with an attribute " + printable(line.attribute));
    return kExitError;
  }
  std::fputs(text.c_str(), stdout);
  return kExitFine;
}

}  // namespace jmxbridge
