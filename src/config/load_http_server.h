#pragma once

#include "config/http_server_config.h"
#include "config/section.h"

namespace jmxbridge {

/// Reads `httpServer` (specification 2.7) from a file's top level; nothing if it is absent or null.
std::optional<HttpServerConfig> load_http_server(const Section& top);

/// `httpServer.authentication`, which is there, whatever it is.
void load_http_authentication(const Section& server, HttpServerConfig& config);

/// `httpServer.ssl`, which is there, whatever it is.
void load_http_tls(const Section& server, HttpServerConfig& config);

}  // namespace jmxbridge
