#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "commands/sample_diff.h"
#include "scrape/snapshot.h"
#include "snapshot/recording.h"

namespace jmxbridge {

/// Scrapes a target that exists only as recordings, once for each, and gives the last page: the
/// same page that the daemon would serve. Needs no JVM.
TestedPage scrape_recordings(const Snapshot& snapshot,
                             std::vector<std::shared_ptr<const Recording>> recordings);

}  // namespace jmxbridge
