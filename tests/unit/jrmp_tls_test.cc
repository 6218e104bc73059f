#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "jrmp_lane_bench.h"
#include "tls_identity.h"

using namespace jmxbridge;
using namespace jmxbridge::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

/// A server's authority and its own identity, and what a session with it has.
struct Fixture {
  explicit Fixture(int version = 0, bool wants_client = false)
      : context(make_server({.identity = target,
                             .wants_client_of = wants_client ? &root : nullptr,
                             .version = version})) {
    material.authorities = root.certificate_pem();
    material.protocols = {"TLSv1.3", "TLSv1.2"};
    material.ciphers = {"TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"};
    material.verify_host = true;
  }

  SSL_CTX* tls() { return context.native_handle(); }
  void show(const Identity& identity) {
    material.certificates = identity.certificate_pem();
    material.key = std::make_shared<const std::string>(identity.key_pem());
  }

  Identity root = authority("root");
  Identity target = issued_by(root);
  asio::ssl::context context;
  TlsMaterial material;
};

/// The error that the first call gives.
Error failure(LaneBench& bench, std::chrono::milliseconds time = kPatience) {
  Result<Changes> changes = bench.wait_for(bench.source().changes(in(time)));
  REQUIRE_FALSE(changes.has_value());
  return changes.error();
}

constexpr const char* kHost = "target.example";

}  // namespace

TEST_CASE("fast lane: a target is read over TLS, and the second connection resumes", "[jrmp]") {
  Fixture fixture(GENERATE(TLS1_2_VERSION, TLS1_3_VERSION), GENERATE(false, true));
  fixture.show(issued_by(fixture.root));
  FakeServer server(plain_reply, fixture.tls());
  LaneBench bench(server, {}, {}, &fixture.material, kHost);
  const auto reads = beans(1500, {"A", "B"});
  for (int i = 0; i < 3; ++i) {
    const LineSink sink = fetch(bench, reads);
    CHECK(sink.values.size() == 3000);
    CHECK(sink.values.at("d:n=1499.B") == 1499);
  }
  CHECK(server.has_accepted(2));
  CHECK(server.resumed() == 1);
  server.drop_connections();
  CHECK(fetch(bench, reads).values.size() == 3000);
  CHECK(server.has_accepted(4));
  CHECK(server.resumed() >= 2);
}

TEST_CASE("fast lane: the target is asked before a second connection has shaken hands", "[jrmp]") {
  Fixture fixture;
  FakeServer server(plain_reply, fixture.tls());
  server.serve_others_later();
  LaneBench bench(server, {}, {}, &fixture.material, kHost);
  CHECK(fetch(bench, beans(1500, {"A"})).values.size() == 1500);
  CHECK(server.asked() == 2);
}

TEST_CASE("fast lane: answers over TLS that come in drops, or are large, are read", "[jrmp]") {
  const std::string large(3'000'000, 'x');
  Fixture fixture;
  FakeServer server(
      [&](const FakeCall& call) -> Reply {
        if (call.name != "d:n=3") return plain_reply(call);
        const std::string value = "\x7c" + stream::number(large.size(), 8) + large;
        return {stream::answer(stream::attribute_list({{"A", value}}))};
      },
      fixture.tls());
  const std::size_t piece = GENERATE(0u, 7u, 1000u);
  server.deliver_in_pieces(piece);
  LaneBench bench(server, {}, {}, &fixture.material, kHost);
  // Without the large one where each seven bytes are a record.
  const auto reads = beans(piece == 7 ? 3 : 20, {"A"});
  CHECK(fetch(bench, reads).values.size() == reads->size());
}

TEST_CASE("fast lane: a value that cannot be serialized costs a connection over TLS too",
          "[jrmp]") {
  Fixture fixture;
  const Reply::Then then = GENERATE(Reply::Then::kClose, Reply::Then::kReset);
  FakeServer server(
      [then](const FakeCall& call) -> Reply {
        const bool asks_bad = std::find(call.attributes.begin(), call.attributes.end(), "Bad") !=
                              call.attributes.end();
        if (call.name != "d:n=100" || !asks_bad) return plain_reply(call);
        return {
            stream::answer("\x7b" + stream::exception("java.io.NotSerializableException", "com.X")),
            then};
      },
      fixture.tls());
  LaneBench bench(server, {}, {}, &fixture.material, kHost);
  const auto reads = beans(300, {"A", "Bad"});
  for (int i = 0; i < 3; ++i) {
    const LineSink sink = fetch(bench, reads);
    CHECK(sink.values.size() == 599);
    CHECK(sink.losses.count("d:n=100.Bad") == 1);
  }
}

TEST_CASE("fast lane: a TLS that is refused says why", "[jrmp]") {
  Fixture fixture;
  FakeServer server(plain_reply, fixture.tls());
  const std::string place = "other.example:" + std::to_string(server.port());
  SECTION("another authority") {
    fixture.material.authorities = authority("other").certificate_pem();
    LaneBench bench(server, {}, {}, &fixture.material, "other.example");
    const Error error = failure(bench);
    CHECK(error.kind == ErrorKind::kFailed);
    CHECK(error.text == "The certificate of " + place +
                            " is not trusted; put its authority into the store of ssl.trustStore");
  }
  SECTION("another host") {
    LaneBench bench(server, {}, {}, &fixture.material, "other.example");
    CHECK(failure(bench).text ==
          "The certificate of " + place +
              " is for another host; have it issued for this one, or leave the check out with "
              "ssl.verifyHostName: false");
    fixture.material.verify_host = false;
    LaneBench unchecked(server, {}, {}, &fixture.material, "other.example");
    CHECK(fetch(unchecked, beans(3, {"A"})).values.size() == 3);
  }
  SECTION("nothing in common") {
    fixture.material.protocols = {"TLSv1.3"};
    Fixture older(TLS1_2_VERSION);
    FakeServer other(plain_reply, older.tls());
    LaneBench bench(other, {}, {}, &fixture.material, kHost);
    CHECK_THAT(failure(bench).text, Contains("no TLS protocol and cipher suite in common"));
  }
}

TEST_CASE("fast lane: a client certificate that is wanted is said", "[jrmp]") {
  Fixture fixture(GENERATE(TLS1_2_VERSION, TLS1_3_VERSION), true);
  FakeServer server(plain_reply, fixture.tls());
  SECTION("missing") {
    LaneBench bench(server, {}, {}, &fixture.material, kHost);
    CHECK_THAT(failure(bench).text, Contains("client certificate"));
  }
  SECTION("not trusted") {
    fixture.show(authority("stranger"));
    LaneBench bench(server, {}, {}, &fixture.material, kHost);
    CHECK_THAT(failure(bench).text, Contains("client certificate"));
  }
}

TEST_CASE("fast lane: TLS where none is spoken is said", "[jrmp]") {
  Fixture fixture;
  FakeServer server(plain_reply);
  LaneBench bench(server, {}, {}, &fixture.material, kHost);
  CHECK_THAT(failure(bench).text, Contains("speaks no TLS; check the port"));
}

TEST_CASE("fast lane: a server that is silent in the TLS handshake costs the deadline", "[jrmp]") {
  Fixture fixture;
  FakeServer never(plain_reply);
  asio::io_context context;
  asio::ip::tcp::acceptor silent(context, {asio::ip::make_address_v4("127.0.0.1"), 0});
  LaneBench bench(never);
  const std::unique_ptr<Source> source =
      bench.make(silent.local_endpoint().port(), &fixture.material, kHost);
  const auto started = std::chrono::steady_clock::now();
  SECTION("deadline") {
    const Result<Changes> changes = bench.wait_for(source->changes(in(200ms)));
    REQUIRE_FALSE(changes.has_value());
    CHECK(changes.error().kind == ErrorKind::kDeadline);
  }
  SECTION("abort") {
    asio::steady_timer timer(bench.context(), 100ms);
    timer.async_wait([&](const boost::system::error_code&) { source->abort(); });
    const Result<Changes> changes = bench.wait_for(source->changes(in(kPatience)));
    REQUIRE_FALSE(changes.has_value());
    CHECK(changes.error().kind == ErrorKind::kAborted);
  }
  CHECK(std::chrono::steady_clock::now() - started < kPatience / 2);
}

TEST_CASE("fast lane: two targets of one lane do not share what they trust", "[jrmp]") {
  Fixture one;
  Fixture two;
  const auto of_jdk = std::make_shared<const std::string>(authority("public").certificate_pem());
  one.material.jdk_authorities = two.material.jdk_authorities = of_jdk;
  FakeServer first(plain_reply, one.tls());
  FakeServer second(plain_reply, two.tls());
  LaneBench bench(first, {}, {}, &one.material, kHost);
  const auto outcome = [&](const FakeServer& server, const TlsMaterial& tls) {
    const std::unique_ptr<Source> source = bench.make(server.port(), &tls, kHost);
    const Result<std::vector<ObjectName>> names =
        bench.wait_for(source->query(name("*:*"), in(kPatience)));
    return names ? std::string("read") : names.error().text;
  };
  for (int again = 0; again < 2; ++again) {
    // The fake answers a query with a text, which shows that TLS stood.
    CHECK_THAT(outcome(first, one.material), !Contains("certificate"));
    CHECK_THAT(outcome(first, two.material), Contains("is not trusted"));
    CHECK_THAT(outcome(second, two.material), !Contains("certificate"));
    CHECK_THAT(outcome(second, one.material), Contains("is not trusted"));
  }
}

TEST_CASE("fast lane: the authorities of the JDK are read once for each text", "[jrmp]") {
  Fixture fixture;
  FakeServer server(plain_reply, fixture.tls());
  const auto text = std::make_shared<std::string>(fixture.material.authorities);
  fixture.material.authorities.clear();
  fixture.material.jdk_authorities = text;
  LaneBench bench(server, {}, {}, &fixture.material, kHost);
  CHECK(fetch(bench, beans(3, {"A"})).values.size() == 3);
  const auto can_read = [&] {
    const std::unique_ptr<Source> source = bench.make(server.port(), &fixture.material, kHost);
    return bench.wait_for(source->changes(in(kPatience))).has_value();
  };
  // What the same text says now is not looked at.
  *text = "nothing";
  CHECK(can_read());
  fixture.material.jdk_authorities = std::make_shared<const std::string>("nothing");
  CHECK_FALSE(can_read());
}

TEST_CASE("fast lane: what TLS needs and is not there leaves the target to the JVM", "[jrmp]") {
  JrmpLane lane{Limits{}};
  WireAddress address;
  address.host = kHost;
  address.socket = WireAddress::Socket::kTls;
  CHECK(lane.make(address, nullptr, Dial()).error().text ==
        "its RMI port speaks TLS as only the JVM can");
  Fixture fixture;
  fixture.show(fixture.target);
  fixture.material.key = std::make_shared<const std::string>("no key");
  CHECK_THAT(lane.make(address, &fixture.material, Dial()).error().text,
             Contains("OpenSSL cannot use the client certificate and its key"));
  address.socket = WireAddress::Socket::kCustom;
  CHECK(lane.make(address, nullptr, Dial()).error().text ==
        "its RMI port has a socket factory of its own");
}
