#pragma once

#include <memory>
#include <optional>

#include "base/result.h"
#include "commands/command_line.h"
#include "jmx/object_name.h"
#include "scrape/snapshot.h"
#include "snapshot/recording.h"

namespace jmxbridge {

/// The configuration that a command works with: the line's file, or what stands in for it under
/// `--self`. `needs_target`: the file's connection is used. What is wrong is said on stderr, and
/// the result is null.
std::shared_ptr<const Snapshot> load_for(const CommandLine& line, bool needs_target);

/// Starts the JVM and reads the line's target once: the beans of `beans`, or all. Of attributes
/// that the configuration excludes, and of those that are never read, no value is taken. The error
/// is a sentence for the user.
Result<Recording> record_target(const CommandLine& line, const Snapshot& snapshot,
                                const std::optional<ObjectName>& beans);

/// Says on stderr which beans were not read.
void complain_of_trouble(const Recording& recording);

}  // namespace jmxbridge
