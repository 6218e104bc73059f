#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "commands/command_line.h"
#include "http/server.h"

namespace jmxbridge {

/// What is wrong with a flag's value, said as the end of a sentence; nothing: it is fine.
using Complaint = std::optional<std::string>;

/// Reads the peer's `[HOST:]PORT` (specification 1.1.5), whose `:PORT` is loopback.
std::optional<HttpOptions::Address> read_peer_address(std::string_view text);

/// Takes any text that is not blank.
Complaint set_text(std::string& to, std::string_view text);

/// Takes Prometheus' `HOST:PORT`, whose `:PORT` is every interface and whose port 0 is any free
/// one.
Complaint add_listen_address(CommandLine& line, std::string_view text);
Complaint set_max_requests(CommandLine& line, std::string_view text);
Complaint set_timeout_offset(CommandLine& line, std::string_view text);
/// Flags that say it again add to what is there.
Complaint add_java_options(CommandLine& line, std::string_view text);
/// Takes a number, or a percentage of the larger of the two that are compared; the widest counts.
Complaint set_tolerance(CommandLine& line, std::string_view text);
Complaint set_limit(CommandLine& line, std::string_view text);

}  // namespace jmxbridge
