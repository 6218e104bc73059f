#include "jrmp/jrmp_lane.h"

#include <utility>

#include "jrmp/jrmp_source.h"

namespace jmxbridge {
namespace {

constexpr std::size_t kResolvers = 2;

}  // namespace

JrmpLane::JrmpLane(const Limits& limits, const LaneTimes& times)
    : limits_(limits), times_(times), resolvers_(std::make_shared<asio::thread_pool>(kResolvers)) {}

JrmpLane::~JrmpLane() { resolvers_->stop(); }

Result<std::unique_ptr<Source>> JrmpLane::make(const WireAddress& address, const TlsMaterial* tls,
                                               const Dial& dial) {
  std::shared_ptr<TlsPeer> peer;
  switch (address.socket) {
    case WireAddress::Socket::kPlain:
      break;
    case WireAddress::Socket::kTls: {
      if (tls == nullptr) return fail("its RMI port speaks TLS as only the JVM can");
      Result<std::shared_ptr<TlsPeer>> made = make_peer(address.host, *tls);
      if (!made) return fail(std::move(made.error()));
      peer = std::move(*made);
      break;
    }
    case WireAddress::Socket::kCustom:
      return fail("its RMI port has a socket factory of its own");
  }
  WireConnector connector(address, std::move(peer), dial, resolvers_);
  return std::unique_ptr<Source>(
      std::make_unique<JrmpSource>(std::move(connector), limits_, times_));
}

Result<std::shared_ptr<TlsPeer>> JrmpLane::make_peer(const std::string& host,
                                                     const TlsMaterial& tls) {
  TlsClient client;
  client.certificates = tls.certificates;
  if (tls.key) client.key = *tls.key;
  client.protocols = tls.protocols;
  client.ciphers = tls.ciphers;
  // Where there is none to trust, the handshake says so.
  if (Result<TlsAuthorities> own = TlsAuthorities::parse(tls.authorities)) {
    client.authorities.push_back(std::move(*own));
  }
  if (Result<TlsAuthorities> of_jdk = authorities_of(tls.jdk_authorities)) {
    client.authorities.push_back(std::move(*of_jdk));
  }
  return TlsPeer::make(client, host, tls.verify_host);
}

/// A JDK has some 140, the same for all sessions.
Result<TlsAuthorities> JrmpLane::authorities_of(const std::shared_ptr<const std::string>& text) {
  if (!text) return fail("The JVM trusts nobody by itself");
  const std::lock_guard lock(mutex_);
  std::erase_if(parsed_, [](const Parsed& one) { return one.text.expired(); });
  for (const Parsed& one : parsed_) {
    if (one.text.lock() == text) return one.authorities;
  }
  Result<TlsAuthorities> authorities = TlsAuthorities::parse(*text);
  if (authorities) parsed_.push_back({text, *authorities});
  return authorities;
}

}  // namespace jmxbridge
