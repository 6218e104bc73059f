#pragma once

#include "config/config.h"
#include "scrape/connector.h"

namespace jmxbridge {

/// Makes the endpoint lead to the target that the file names: sets its address, login and TLS.
void lead_to(const CollectorConfig& config, Endpoint& endpoint);

/// True if a session that was opened for one configuration serves the other one too.
bool leads_to_same(const CollectorConfig& a, const CollectorConfig& b);

}  // namespace jmxbridge
