#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <string>

#include "keytool.h"
#include "native_fixture.h"

using namespace jmxbridge;
using namespace jmxbridge::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

std::string address_of(std::uint16_t port) { return fmt::format("127.0.0.1:{}", port); }

}  // namespace

TEST_CASE("failure: a port where nobody listens is refused", "[jni]") {
  const std::uint16_t port = free_port();
  const Error error = open_error(endpoint_of(port), kPatience);
  CHECK(error.text == address_of(port) +
                          " refused the connection; check that the target runs and that this is "
                          "its JMX port");
}

TEST_CASE("failure: a name that does not resolve is the dial function's sentence", "[jni]") {
  Endpoint endpoint = endpoint_of(1);
  endpoint.url = "service:jmx:rmi:///jndi/rmi://no-such-host.invalid:9999/jmxrmi";
  CHECK(open_error(endpoint, kPatience).text ==
        "The name no-such-host.invalid cannot be resolved; check its spelling");
}

TEST_CASE("failure: an HTTP port says so", "[jni]") {
  const PlainServer server("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
  CHECK_THAT(open_error(endpoint_of(server.port()), kPatience).text,
             Contains(address_of(server.port()) + " is an HTTP port, not a JMX port"));
}

TEST_CASE("failure: a TLS alert says that the port looks like TLS", "[jni]") {
  const PlainServer server(std::string("\x15\x03\x03\x00\x02\x02\x0a", 7));
  CHECK_THAT(open_error(endpoint_of(server.port()), kPatience).text,
             Contains(address_of(server.port()) + " looks like TLS"));
}

TEST_CASE("failure: other greetings are no JMX", "[jni]") {
  const PlainServer ssh("SSH-2.0-OpenSSH_9.2\r\n");
  CHECK_THAT(open_error(endpoint_of(ssh.port()), kPatience).text,
             Contains("does not speak JMX over RMI"));
  const PlainServer silent("");
  CHECK_THAT(open_error(endpoint_of(silent.port()), kPatience).text,
             Contains("closed the connection without a word"));
}

TEST_CASE("failure: a registry without the name says which one is missing", "[jni]") {
  TargetJvm target;
  Endpoint endpoint = endpoint_of(target.port());
  endpoint.url = fmt::format("service:jmx:rmi:///jndi/rmi://127.0.0.1:{}/other", target.port());
  CHECK_THAT(open_error(endpoint, kPatience).text, Contains("is an RMI registry without `other`"));
}

TEST_CASE("failure: a stub that names an address where nobody listens is named", "[jni]") {
  TargetJvm::Options options;
  const std::uint16_t rmi_port = free_port();
  options.flags = {"-Djava.rmi.server.hostname=127.0.0.77",
                   fmt::format("-Dcom.sun.management.jmxremote.rmi.port={}", rmi_port)};
  TargetJvm target(options);
  const Error error = open_error(endpoint_of(target.port()), kPatience);
  CHECK_THAT(error.text, Contains(fmt::format("The stub of {} names 127.0.0.77:{}",
                                              address_of(target.port()), rmi_port)) &&
                             Contains("java.rmi.server.hostname"));
}

TEST_CASE("failure: URLs that are no RMI URLs are refused without a connection", "[jni]") {
  Endpoint endpoint = endpoint_of(1);
  for (const auto& [url, what] : {
           std::pair("service:jmx:jmxmp://127.0.0.1:9875", "protocol `jmxmp`"),
           std::pair("service:jmx:rmi:///jndi/ldap://127.0.0.1/x", "looks its stub up with `ldap`"),
           std::pair("http://127.0.0.1/", "does not begin with service:jmx:"),
           std::pair("service:jmx:rmi:///jndi/rmi://127.0.0.1:99999/jmxrmi", "port `99999`"),
       }) {
    endpoint.url = url;
    CHECK_THAT(open_error(endpoint, kPatience).text, Contains(what));
  }
}

TEST_CASE("failure: bytes that are no stub are refused and never shown", "[jni]") {
  Endpoint endpoint = endpoint_of(1);
  for (const std::string stub : {"###", "c2VjcmV0LXN0dWI=",
                                 "rO0ABXNyABFqYXZhLmxhbmcuSW50ZWdlchLioKT3gYc4AgABSQAFdmFsdWV4cgAQa"
                                 "mF2YS5sYW5nLk51bWJlcoaslR0LlOCLAgAAeHAAAAAB"}) {
    endpoint.url = "service:jmx:rmi:///stub/" + stub;
    const Error error = open_error(endpoint, kPatience);
    INFO(error.text);
    CHECK_THAT(error.text, Contains("check the URL") && !Contains(stub));
  }
}

TEST_CASE("failure: a frozen target costs no more than the deadline", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.commands = {"register immutable t:type=A V=int:1"};
  TargetJvm target(options);
  LaneSession session = open_lane(lane, target.port());
  const auto reads = reads_of({read_of("t:type=A", {"V"})});
  {
    RecordingSink sink(*reads);
    REQUIRE(wait_for(session.source().fetch(reads, sink, in(kPatience))).has_value());
  }
  target.freeze();
  auto start = std::chrono::steady_clock::now();
  {
    RecordingSink sink(*reads);
    const Result<void> fetched = wait_for(session.source().fetch(reads, sink, in(700ms)));
    REQUIRE_FALSE(fetched.has_value());
    CHECK(fetched.error().kind == ErrorKind::kDeadline);
    CHECK(sink.outcomes.size() == 1);
  }
  const ObjectName pattern = name("*:*");
  Result<std::vector<ObjectName>> names = wait_for(session.source().query(pattern, in(300ms)));
  REQUIRE_FALSE(names.has_value());
  CHECK(names.error().kind == ErrorKind::kDeadline);
  // Another session to it cannot be opened, and says what it looks like.
  const Error error = open_error(endpoint_of(target.port()), 2s);
  CHECK(error.kind == ErrorKind::kDeadline);
  CHECK_THAT(error.text, Contains("accepted the connection and sent nothing"));
  const auto took = std::chrono::steady_clock::now() - start;
  CHECK(took < kPatience / 4);

  target.thaw();
  RecordingSink sink(*reads);
  REQUIRE(wait_for(session.source().fetch(reads, sink, in(kPatience))).has_value());
  CHECK(sink.values["t:type=A.V"] == "1");
}

TEST_CASE("failure: a port with TLS is told from a JMX port without", "[jni]") {
  const StoreFolder folder;
  folder.keytool("t.p12", "-genkeypair -alias t -keyalg EC -dname CN=127.0.0.1 -validity 10");
  const std::string store = folder.path("t.p12");
  TargetJvm::Options options;
  options.flags = {
      "-Dcom.sun.management.jmxremote.ssl=true", "-Dcom.sun.management.jmxremote.registry.ssl=true",
      "-Djavax.net.ssl.keyStore=" + store, "-Djavax.net.ssl.keyStorePassword=changeit"};
  {
    TargetJvm target(options);
    CHECK_THAT(open_error(endpoint_of(target.port()), kPatience).text, Contains("looks like TLS"));
  }
  options.flags[1] = "-Dcom.sun.management.jmxremote.registry.ssl=false";
  options.flags.push_back(fmt::format("-Dcom.sun.management.jmxremote.rmi.port={}", free_port()));
  {
    // The registry is plain, the stub's sockets are not: the target's certificate is not trusted.
    TargetJvm target(options);
    CHECK_THAT(open_error(endpoint_of(target.port()), kPatience).text,
               Contains("is not trusted") && Contains("ssl.enabled: true"));
  }
}

TEST_CASE("failure: variables for other JVMs do not reach this one", "[jni]") {
  // The test runs with JAVA_TOOL_OPTIONS=-Xmx3m, with which no JVM would start.
  CHECK_FALSE(embedded_java().version().empty());
  CHECK(std::getenv("JAVA_TOOL_OPTIONS") == nullptr);
}

TEST_CASE("failure: a second JVM cannot be started", "[jni]") {
  embedded_java();
  const Result<JavaVm> second = JavaVm::start({});
  REQUIRE_FALSE(second.has_value());
  CHECK_THAT(second.error().text, Contains("one can be started in a process"));
}
