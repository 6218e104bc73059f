#pragma once

#include "base/result.h"
#include "jmx/notifications.h"
#include "jmx/stream_node.h"
#include "jmx/value_builder.h"

namespace jmxbridge {

/// What an object of javax.management.remote.NotificationResult says.
Result<Notifications> read_notifications(const ObjectNode& result, ValueBuilder& builder);

}  // namespace jmxbridge
