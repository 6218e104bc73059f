#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "jni/tls_session.h"
#include "keytool.h"
#include "native_fixture.h"

using namespace jmxbridge;
using namespace jmxbridge::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

/// Stores that keytool makes.
class Stores : public StoreFolder {
 public:
  Stores() {
    for (const char* name : {"one", "two"}) {
      keytool(name + kKey, fmt::format("-genkeypair -alias {0} -keyalg EC -dname CN={0} "
                                       "-ext san=ip:127.0.0.1 -validity 9",
                                       name));
      const std::string certificate = path(name) + ".pem";
      keytool(name + kKey, fmt::format("-exportcert -alias {} -rfc -file {}", name, certificate));
      keytool(name + kTrust,
              fmt::format("-importcert -noprompt -alias {} -file {}", name, certificate));
    }
  }

  std::string key(const std::string& name) const { return path(name + kKey); }
  std::string trust(const std::string& name) const { return path(name + kTrust); }

 private:
  inline static const std::string kKey = ".p12";
  inline static const std::string kTrust = "-trust.p12";
};

const Stores& stores() {
  static const Stores stores;
  return stores;
}

/// A target with this key; with `client` it wants a certificate that this one trusts.
std::unique_ptr<TargetJvm> start_target(const std::string& name, const std::string& client = {},
                                        std::uint16_t port = 0) {
  TargetJvm::Options options;
  options.port = port;
  options.flags = {"-Dcom.sun.management.jmxremote.ssl=true",
                   "-Dcom.sun.management.jmxremote.registry.ssl=true",
                   "-Djavax.net.ssl.keyStore=" + stores().key(name),
                   "-Djavax.net.ssl.keyStorePassword=changeit"};
  if (!client.empty()) {
    options.flags.emplace_back("-Dcom.sun.management.jmxremote.ssl.need.client.auth=true");
    options.flags.push_back("-Djavax.net.ssl.trustStore=" + stores().trust(client));
    options.flags.emplace_back("-Djavax.net.ssl.trustStorePassword=changeit");
  }
  options.commands = {"register t:type=A V=int:1"};
  return std::make_unique<TargetJvm>(options);
}

Endpoint endpoint_for(std::uint16_t port, const std::string& trusted, const std::string& key = {}) {
  Endpoint endpoint = endpoint_of(port);
  endpoint.tls.emplace();
  endpoint.tls->trust_store = TlsStore{stores().trust(trusted), "PKCS12", "changeit"};
  if (!key.empty()) endpoint.tls->key_store = TlsStore{stores().key(key), "PKCS12", "changeit"};
  return endpoint;
}

Session open(const Endpoint& endpoint) {
  Result<Session> session = wait_for(connector().open(endpoint, in(kPatience)));
  INFO((session ? std::string() : session.error().text));
  REQUIRE(session.has_value());
  return std::move(*session);
}

/// The value that is read over a lane, or why none.
std::string read_by(Source& source) {
  const auto reads = reads_of({read_of("t:type=A", {"V"})});
  RecordingSink sink(*reads);
  const Result<void> fetched = wait_for(source.fetch(reads, sink, in(kPatience)));
  return fetched ? sink.values["t:type=A.V"] : fetched.error().text;
}

/// What the fast lane reads with this TLS.
std::string read_fast(const Session& session, const TlsMaterial& tls) {
  return read_by(*make_fast(*session.wire, &tls));
}

void check_reads(const Session& session) {
  CHECK(read_by(*session.portable) == "1");
  if (session.wire) CHECK(read_fast(session, *session.tls) == "1");
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    found++;
  }
  return found;
}

}  // namespace

TEST_CASE("tls: each session trusts its own stores alone, even at one port", "[jni]") {
  const auto one = start_target("one");
  const auto two = start_target("two");
  const Session first = open(endpoint_for(one->port(), "one"));
  const Session second = open(endpoint_for(two->port(), "two"));
  check_reads(first);
  check_reads(second);
  // RMI has connections to both at hand that others have opened; they are not for these.
  for (int again = 0; again < 2; again++) {
    for (const auto& [port, trusted] :
         {std::pair(one->port(), "two"), std::pair(two->port(), "one")}) {
      CHECK_THAT(open_error(endpoint_for(port, trusted), kPatience).text,
                 Contains("is not trusted"));
    }
    Endpoint bare = endpoint_of(one->port());
    bare.tls.emplace();
    CHECK_THAT(open_error(bare, kPatience).text, Contains("is not trusted"));
    check_reads(first);
    check_reads(second);
  }
  check_reads(open(endpoint_for(one->port(), "one")));
}

TEST_CASE("tls: a session shows its own certificate alone", "[jni]") {
  const auto target = start_target("one", "two");
  const Session shown = open(endpoint_for(target->port(), "one", "two"));
  check_reads(shown);
  CHECK_THAT(open_error(endpoint_for(target->port(), "one"), kPatience).text,
             Contains("wants a client certificate"));
  CHECK_THAT(open_error(endpoint_for(target->port(), "one", "one"), kPatience).text,
             Contains("does not trust the client certificate"));
  check_reads(shown);
}

TEST_CASE("tls: the stub says that it is TLS, and what it takes to speak it is exported", "[jni]") {
  const auto target = start_target("one", "two");
  Endpoint endpoint = endpoint_for(target->port(), "one", "two");
  endpoint.tls->protocols = {"TLSv1.3", "TLSv1.2"};
  endpoint.tls->ciphers = {"TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"};
  const Session session = open(endpoint);
  REQUIRE(session.wire.has_value());
  CHECK(session.wire->socket == WireAddress::Socket::kTls);
  CHECK(session.wire_withheld.empty());
  REQUIRE(session.tls.has_value());
  const TlsMaterial& tls = *session.tls;
  CHECK(count(tls.certificates, "-----BEGIN CERTIFICATE-----\n") == 1);
  REQUIRE(tls.key);
  CHECK(tls.key->starts_with("-----BEGIN PRIVATE KEY-----\n"));
  CHECK(tls.key->ends_with("\n-----END PRIVATE KEY-----\n"));
  CHECK(count(tls.authorities, "-----BEGIN CERTIFICATE-----\n") == 1);
  CHECK(tls.certificates != tls.authorities);
  CHECK(tls.ciphers == endpoint.tls->ciphers);
  CHECK(std::is_permutation(tls.protocols.begin(), tls.protocols.end(),
                            endpoint.tls->protocols.begin(), endpoint.tls->protocols.end()));
  // Java 17 checks no host names for RMI.
  CHECK_FALSE(tls.verify_host);

  REQUIRE(tls.jdk_authorities);
  CHECK(count(*tls.jdk_authorities, "-----BEGIN CERTIFICATE-----\n") > 20);
  const Session other = open(endpoint);
  CHECK(other.tls->jdk_authorities == tls.jdk_authorities);
}

TEST_CASE("tls: with what is exported the fast lane reads the target as the JVM does", "[jni]") {
  for (const char* protocol : {"TLSv1.3", "TLSv1.2"}) {
    INFO(protocol);
    const auto target = start_target("one", "two");
    Endpoint endpoint = endpoint_for(target->port(), "one", "two");
    endpoint.tls->protocols = {protocol};
    const Session session = open(endpoint);
    REQUIRE(session.tls.has_value());
    check_reads(session);
    // From now on with less than the session has.
    TlsMaterial without = *session.tls;
    without.certificates.clear();
    CHECK_THAT(read_fast(session, without), Contains("client certificate"));
    TlsMaterial strange = *session.tls;
    strange.authorities.clear();
    CHECK_THAT(read_fast(session, strange), Contains("is not trusted"));
    TlsMaterial checking = *session.tls;
    checking.verify_host = true;
    CHECK(read_fast(session, checking) == "1");
    WireAddress elsewhere = *session.wire;
    elsewhere.host = "localhost";
    CHECK_THAT(read_by(*make_fast(elsewhere, &checking)), Contains("is for another host"));
    check_reads(session);
  }
}

TEST_CASE("tls: the fast lane of one target is of no use for another", "[jni]") {
  const auto one = start_target("one");
  const auto two = start_target("two");
  const Session first = open(endpoint_for(one->port(), "one"));
  const Session second = open(endpoint_for(two->port(), "two"));
  for (int again = 0; again < 2; again++) {
    check_reads(first);
    check_reads(second);
    CHECK_THAT(read_fast(first, *second.tls), Contains("is not trusted"));
    CHECK_THAT(read_fast(second, *first.tls), Contains("is not trusted"));
  }
}

TEST_CASE("tls: a port that speaks TLS though its stub does not say so is told", "[jni]") {
  const auto target = start_target("one");
  const Session session = open(endpoint_for(target->port(), "one"));
  WireAddress plain = *session.wire;
  plain.socket = WireAddress::Socket::kPlain;
  CHECK_THAT(read_by(*make_fast(plain)), Contains("it speaks TLS, of which its stub says nothing"));
  TargetJvm other;
  WireAddress secure = *open_session(other.port()).wire;
  secure.socket = WireAddress::Socket::kTls;
  CHECK_THAT(read_by(*make_fast(secure, &*session.tls)),
             Contains("check that this port speaks TLS"));
}

TEST_CASE("tls: without settings of its own a session has the JVM's, and no key", "[jni]") {
  const auto target = start_target("one");
  const Session session = open(endpoint_for(target->port(), "one"));
  REQUIRE(session.tls.has_value());
  CHECK(session.tls->certificates.empty());
  CHECK(session.tls->key == nullptr);
  CHECK(std::find(session.tls->protocols.begin(), session.tls->protocols.end(), "TLSv1.3") !=
        session.tls->protocols.end());
  CHECK(session.tls->ciphers.size() > 10);

  TargetJvm plain;
  const Session other = open_session(plain.port());
  CHECK(other.wire->socket == WireAddress::Socket::kPlain);
  CHECK_FALSE(other.tls.has_value());
}

TEST_CASE("tls: a key that cannot leave the JVM keeps the session to it", "[jni]") {
  const auto target = start_target("one");
  Endpoint endpoint = endpoint_for(target->port(), "one", "two");
  endpoint.tls->protocols = {"TLSv1.2"};  // unlike all others, so that its stores are opened now
  call_java("SealedKeys", "install");
  Result<Session> session = wait_for(connector().open(endpoint, in(kPatience)));
  call_java("SealedKeys", "remove");
  INFO((session ? std::string() : session.error().text));
  REQUIRE(session.has_value());
  CHECK(session->wire_withheld == "the private key cannot leave the JVM");
  CHECK_FALSE(session->wire.has_value());
  CHECK_FALSE(session->tls.has_value());
  check_reads(*session);
}

TEST_CASE("tls: an open session whose target has gone is lost, not misread", "[jni]") {
  auto target = start_target("one");
  const Session session = open(endpoint_for(target->port(), "one"));
  check_reads(session);
  const std::unique_ptr<Source> fast = make_fast(*session.wire, &*session.tls);
  CHECK(read_by(*fast) == "1");
  target->kill();
  const auto reads = reads_of({read_of("t:type=A", {"V"})});
  RecordingSink sink(*reads);
  const Result<void> fetched = wait_for(session.portable->fetch(reads, sink, in(kPatience)));
  REQUIRE_FALSE(fetched.has_value());
  CHECK(fetched.error().kind == ErrorKind::kSession);
  CHECK_THAT(fetched.error().text, !Contains("TLS"));
  const Result<void> fast_fetched = wait_for(fast->fetch(reads, sink, in(kPatience)));
  REQUIRE_FALSE(fast_fetched.has_value());
  CHECK(fast_fetched.error().kind == ErrorKind::kSession);
  CHECK_THAT(fast_fetched.error().text, Contains("it refused the connection"));
}

TEST_CASE("tls: a frozen target costs the deadline, no more", "[jni]") {
  const auto target = start_target("one");
  const Session session = open(endpoint_for(target->port(), "one"));
  check_reads(session);
  const std::unique_ptr<Source> fast = make_fast(*session.wire, &*session.tls);
  CHECK(read_by(*fast) == "1");
  target->freeze();
  const auto started = std::chrono::steady_clock::now();
  CHECK_THAT(open_error(endpoint_for(target->port(), "one"), 2s).text,
             Contains("sent nothing") || Contains("did not answer"));
  const auto reads = reads_of({read_of("t:type=A", {"V"})});
  RecordingSink sink(*reads);
  CHECK(wait_for(session.portable->fetch(reads, sink, in(700ms))).error().kind ==
        ErrorKind::kDeadline);
  CHECK(wait_for(fast->fetch(reads, sink, in(700ms))).error().kind == ErrorKind::kDeadline);
  const std::unique_ptr<Source> anew = make_fast(*session.wire, &*session.tls);
  CHECK(wait_for(anew->fetch(reads, sink, in(700ms))).error().kind == ErrorKind::kDeadline);
  CHECK(std::chrono::steady_clock::now() - started < kPatience / 2);
  target->thaw();
  check_reads(open(endpoint_for(target->port(), "one")));
}

TEST_CASE("tls: a store without type or file name is refused before Java sees it", "[jni]") {
  Endpoint endpoint = endpoint_for(1, "one");
  endpoint.tls->trust_store->type.reset();
  CHECK(open_error(endpoint, kPatience).text ==
        "ssl.trustStore has no type; give the store's filename and type, such as PKCS12");
  endpoint.tls->key_store.emplace();
  CHECK_THAT(open_error(endpoint, kPatience).text, Contains("ssl.keyStore has no filename"));
}

TEST_CASE("tls: the environment says whether registries speak it", "[jni]") {
  ::unsetenv("RMI_REGISTRY_SSL_DISABLED");
  CHECK(registry_speaks_tls());
  for (const auto& [value, speaks] : {std::pair("TRUE", false), std::pair("true", false),
                                      std::pair("1", true), std::pair("", true)}) {
    ::setenv("RMI_REGISTRY_SSL_DISABLED", value, 1);
    CHECK(registry_speaks_tls() == speaks);
  }
  ::unsetenv("RMI_REGISTRY_SSL_DISABLED");
}
