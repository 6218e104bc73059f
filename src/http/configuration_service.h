#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "base/result.h"

namespace jmxbridge {

namespace asio = boost::asio;

/// What the server asks about the daemon's configuration. Callable from any thread; outlives the
/// server.
class ConfigurationService {
 public:
  virtual ~ConfigurationService() = default;

  /// Reads the configuration again. If it cannot be used the old one stays, and the error has the
  /// findings, one a line.
  virtual asio::awaitable<Result<void>> reload() = 0;

  /// The configuration in use as YAML, its secrets masked.
  virtual std::string text() const = 0;
};

}  // namespace jmxbridge
