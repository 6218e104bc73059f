#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "config/report.h"

namespace jmxbridge {

/// `openTelemetry` (specification section 11): whom the daemon pushes to, and as what. What the
/// standard environment variables say has been put in the place of what the file says.
struct OpenTelemetryConfig {
  enum class Protocol : std::uint8_t { kGrpc, kHttpProtobuf };

  /// Certificates and keys are PEM files, read when a connection is made; empty: none, and of
  /// `authorities` those of the system.
  struct Tls {
    std::string authorities;
    std::string client_certificate;
    std::string client_key;

    friend bool operator==(const Tls&, const Tls&) = default;
  };

  Protocol protocol = Protocol::kGrpc;
  /// http or https, without user, fragment and, for gRPC, path; for HTTP with the whole path.
  std::string endpoint;
  std::chrono::milliseconds interval{60'000};
  std::chrono::milliseconds timeout{10'000};  ///< of one request
  bool preserve_names = false;
  bool gzip = false;
  std::map<std::string, std::string> headers;              ///< secrets
  std::map<std::string, std::string> resource_attributes;  ///< those of the service among them
  Tls tls;

  friend bool operator==(const OpenTelemetryConfig&, const OpenTelemetryConfig&) = default;
};

}  // namespace jmxbridge
