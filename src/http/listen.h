#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/result.h"
#include "http/server.h"

namespace jmxbridge {

/// A listening socket at the address. May block on DNS. The error names the address and says what
/// to do.
Result<asio::ip::tcp::acceptor> listen_at(const asio::any_io_executor& executor,
                                          const HttpOptions::Address& address);

}  // namespace jmxbridge
