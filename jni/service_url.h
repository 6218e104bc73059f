#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace jmxbridge {

/// What a JMX service URL of protocol rmi leads to: a name in an RMI registry, or a stub.
struct ServiceUrl {
  std::string host;  ///< of the registry; an IPv6 address without brackets; empty for a stub
  std::uint16_t port = 1099;
  std::string name;  ///< in the registry; any text
  std::string stub;  ///< Base64; empty for a registry. A secret.
};

/// Reads `service:jmx:rmi://[H[:P]]/jndi/rmi://HOST[:PORT]/NAME` or `…/stub/BASE64` (specification
/// 3.2). The error says which part is wrong, and never shows a stub.
Result<ServiceUrl> parse_service_url(std::string_view text);

}  // namespace jmxbridge
