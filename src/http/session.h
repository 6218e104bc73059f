#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "http/site.h"

namespace jmxbridge {

/// Serves an accepted connection until it ends, on the socket's executor, which is a strand of its
/// own. Returns at once. What has no room is answered 503 and closed.
void serve_connection(asio::ip::tcp::socket socket, std::shared_ptr<Site> site);

}  // namespace jmxbridge
