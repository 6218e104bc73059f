#pragma once

#include <memory>
#include <optional>
#include <string>

#include "commands/command_line.h"
#include "jmx/object_name.h"
#include "scrape/snapshot.h"
#include "snapshot/recording.h"

namespace jmxbridge {

/// What is explained of a recording.
struct ExplainScope {
  std::optional<ObjectName> beans;  ///< the beans that this pattern takes in; absent: all
  std::string attribute;            ///< the attribute of that name; empty: all
};

/// Says of each leaf which rule made which sample of it, or why none did: an entry each, in
/// canonical order of the beans, and a last line that counts them. An entry starts with `sample`,
/// `unmatched`, `dropped`, `error` or `skipped`, then the text that patterns are matched against.
std::string explain_recording(std::shared_ptr<const Recording> recording,
                              std::shared_ptr<const Snapshot> snapshot, const ExplainScope& scope);

/// Explains a snapshot file or the live target to stdout; returns the program's exit status.
int explain(const CommandLine& line);

}  // namespace jmxbridge
