#pragma once

#include <string>
#include <string_view>

namespace jmxbridge {

/// The service URL of a `hostPort` (specification 2.3), whatever that holds.
std::string url_of_host_port(std::string_view host_port);

/// Why a `hostPort` leads nowhere, and what to write instead; empty when it is HOST or HOST:PORT.
std::string host_port_fault(std::string_view host_port);

/// Why a `jmxUrl` cannot be served (specification 3.2.1 and verdicts Q44, Q50), and what to write
/// instead; empty when it can. A stub in the URL is a bearer token and never part of the text.
std::string jmx_url_fault(std::string_view url);

/// The host that a session of this URL is opened to; empty when the URL does not tell.
std::string_view jmx_url_host(std::string_view url);

/// True if what is sent to this host does not leave the machine; without a host, too.
bool is_loopback_host(std::string_view host);

}  // namespace jmxbridge
