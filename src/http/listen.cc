#include "http/listen.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/system/error_code.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "base/log.h"

namespace jmxbridge {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

std::string show(const HttpOptions::Address& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", printable(address.host), address.port)
            : fmt::format("{}:{}", printable(address.host), address.port);
}

std::string_view advice(const error_code& error) {
  if (error == asio::error::address_in_use) {
    return "the port is in use: stop the other process or choose another port";
  }
  if (error == asio::error::access_denied) {
    return "not permitted: choose a port from 1024 on, or grant CAP_NET_BIND_SERVICE";
  }
  if (error == boost::system::errc::address_not_available) {
    return "no interface of this host has that address: choose one of its addresses, or leave the "
           "host out to listen on every interface";
  }
  if (error == asio::error::address_family_not_supported) {
    return "this host has no IPv6: choose an IPv4 address";
  }
  return {};
}

Unexpected<Error> cannot_listen(const HttpOptions::Address& address, const error_code& error) {
  const std::string_view what = advice(error);
  return fail(fmt::format("cannot listen on {}: {}", show(address),
                          what.empty() ? std::string_view(error.message()) : what));
}

error_code open(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (error) return error;
  acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (error) return error;
  if (endpoint.address().is_v6() && endpoint.address().is_unspecified()) {
    // The wildcard takes IPv4 too, whatever the system's default is.
    acceptor.set_option(asio::ip::v6_only(false), error);
    if (error) return error;
  }
  acceptor.bind(endpoint, error);
  if (error) return error;
  acceptor.listen(asio::socket_base::max_listen_connections, error);
  return error;
}

Result<tcp::acceptor> listen_everywhere(const asio::any_io_executor& executor,
                                        const HttpOptions::Address& address) {
  tcp::acceptor acceptor(executor);
  error_code error = open(acceptor, tcp::endpoint(tcp::v6(), address.port));
  if (error == asio::error::address_family_not_supported ||
      error == boost::system::errc::address_not_available) {
    acceptor = tcp::acceptor(executor);
    error = open(acceptor, tcp::endpoint(tcp::v4(), address.port));
  }
  if (error) return cannot_listen(address, error);
  return acceptor;
}

}  // namespace

Result<tcp::acceptor> listen_at(const asio::any_io_executor& executor,
                                const HttpOptions::Address& address) {
  if (address.host.empty()) return listen_everywhere(executor, address);

  std::string_view host = address.host;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  error_code error;
  tcp::resolver resolver(executor);
  const tcp::resolver::results_type found =
      resolver.resolve(host, std::to_string(address.port), tcp::resolver::passive, error);
  if (error || found.empty()) {
    return fail(
        fmt::format("cannot listen on {}: the host cannot be resolved ({}); write a name "
                    "or address of this host",
                    show(address), error.message()));
  }
  const auto v4 = std::find_if(found.begin(), found.end(), [](const auto& entry) {
    return entry.endpoint().address().is_v4();
  });
  const tcp::endpoint endpoint = v4 != found.end() ? v4->endpoint() : found.begin()->endpoint();
  tcp::acceptor acceptor(executor);
  error = open(acceptor, endpoint);
  if (error) return cannot_listen(address, error);
  return acceptor;
}

}  // namespace jmxbridge
