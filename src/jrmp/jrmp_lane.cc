#include "jrmp/jrmp_lane.h"

#include "jrmp/jrmp_source.h"

namespace jmxbridge {
namespace {

constexpr std::size_t kResolvers = 2;

}  // namespace

JrmpLane::JrmpLane(const Limits& limits)
    : limits_(limits), resolvers_(std::make_shared<asio::thread_pool>(kResolvers)) {}

JrmpLane::~JrmpLane() { resolvers_->stop(); }

Result<std::unique_ptr<Source>> JrmpLane::make(const WireAddress& address, const TlsMaterial*,
                                               const Dial& dial) {
  switch (address.socket) {
    case WireAddress::Socket::kPlain:
      break;
    case WireAddress::Socket::kTls:
      return fail("its RMI port speaks TLS");
    case WireAddress::Socket::kCustom:
      return fail("its RMI port has a socket factory of its own");
  }
  return std::unique_ptr<Source>(std::make_unique<JrmpSource>(address, dial, resolvers_, limits_));
}

}  // namespace jmxbridge
