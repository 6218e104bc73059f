#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

namespace jmxbridge {

/// A port of loopback on which nothing listens. It is this process's until that ends: no other test
/// is given it, in C++ or in Python (tests/integration), and it lies below those that Linux takes
/// for connections.
inline std::uint16_t free_port() {
  std::random_device chance;
  std::uniform_int_distribution<int> ports(18'000, 31'999);
  for (;;) {
    const auto port = static_cast<std::uint16_t>(ports(chance));
    // A name that the kernel frees with the process, whatever ends it.
    const std::string name = "jmxbridge-test-port-" + std::to_string(port);
    sockaddr_un own{};
    own.sun_family = AF_UNIX;
    std::copy(name.begin(), name.end(), own.sun_path + 1);
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    const int claim = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const bool is_ours =
        claim >= 0 && ::bind(claim, reinterpret_cast<const sockaddr*>(&own), length) == 0;
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool is_free =
        ::bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(probe);
    if (is_ours && is_free) return port;
    if (claim >= 0) ::close(claim);
  }
}

}  // namespace jmxbridge
