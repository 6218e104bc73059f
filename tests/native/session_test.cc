#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <thread>

#include "folder.h"
#include "native_fixture.h"

using namespace jmxbridge;
using namespace jmxbridge::test;
using namespace std::chrono_literals;
using Catch::Contains;

TEST_CASE("session: what was registered is found, described and read", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.commands = {
      "register immutable t:type=Plain I=int:-7 L=long:9007199254740993 D=double:1.5 B=bool:true "
      "S=string:text N=null T=date:1700000000123",
      "register t:type=Deep C=composite:a/1,b/2 R=table:x/10,y/20"};
  TargetJvm target(options);
  LaneSession session = open_lane(lane, target.port());
  Source& source = session.source();

  const ObjectName pattern = name("t:*");
  Result<std::vector<ObjectName>> names = wait_for(source.query(pattern, in(kPatience)));
  REQUIRE(names.has_value());
  REQUIRE(names->size() == 2);
  std::sort(names->begin(), names->end());
  CHECK((*names)[0].text() == "t:type=Deep");

  RecordingDescribeSink infos;
  REQUIRE(wait_for(source.describe(*names, infos, in(kPatience))).has_value());
  REQUIRE(infos.failures.empty());
  REQUIRE(infos.infos.size() == 2);
  CHECK(infos.infos[1].attributes.size() == 7);
  CHECK(infos.infos[1].immutable);
  CHECK_FALSE(infos.infos[0].immutable);
  CHECK(infos.infos[0].attributes[0].name == "C");
  CHECK(infos.infos[0].attributes[0].description == "About C");

  const auto reads = reads_of({read_of("t:type=Plain", {"I", "L", "D", "B", "S", "N", "T", "Z"}),
                               read_of("t:type=Deep", {"R", "C"}), read_of("t:type=Absent", {"A"}),
                               read_of("t:type=Plain", {})});
  for (int again = 0; again < 2; again++) {
    RecordingSink sink(*reads);
    REQUIRE(wait_for(source.fetch(reads, sink, in(kPatience))).has_value());
    CHECK(sink.values["t:type=Plain.I"] == "-7");
    CHECK(sink.values["t:type=Plain.L"] == "9007199254740993");
    CHECK(sink.values["t:type=Plain.D"] == "1.5");
    CHECK(sink.values["t:type=Plain.B"] == "true");
    CHECK(sink.values["t:type=Plain.S"] == "text");
    CHECK(sink.values["t:type=Plain.N"] == "null");
    CHECK(sink.values.contains("t:type=Plain.T"));
    CHECK(sink.losses["t:type=Plain.Z"] == AttributeLoss::kThrew);
    CHECK(sink.values["t:type=Deep.C"] == "{a=1,b=2}");
    CHECK(sink.values["t:type=Deep.R"] == "[{key=x,value=10}{key=y,value=20}]");
    CHECK(sink.outcomes[0] == BeanOutcome::kRead);
    CHECK(sink.outcomes[1] == BeanOutcome::kRead);
    CHECK(sink.outcomes[2] == BeanOutcome::kGone);
    CHECK(sink.outcomes[3] == BeanOutcome::kRead);
    CHECK(sink.details[0].empty());
    CHECK(sink.told_twice == 0);
  }
}

TEST_CASE("session: all of the platform's own MBeans can be read on every JDK", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  for (const std::string& launcher : launchers()) {
    INFO(launcher);
    TargetJvm::Options options;
    options.java = launcher;
    TargetJvm target(options);
    LaneSession session = open_lane(lane, target.port());
    const ObjectName all = name("*:*");
    Result<std::vector<ObjectName>> names = wait_for(session.source().query(all, in(kPatience)));
    REQUIRE(names.has_value());
    CHECK(names->size() > 15);
    RecordingDescribeSink infos;
    REQUIRE(wait_for(session.source().describe(*names, infos, in(kPatience))).has_value());
    CHECK(infos.failures.empty());
    std::vector<BeanRead> list;
    for (const auto& [index, info] : infos.infos) {
      std::vector<std::string> attributes;
      for (const AttributeInfo& attribute : info.attributes) {
        if (attribute.readable) attributes.push_back(attribute.name);
      }
      list.push_back({(*names)[index], std::move(attributes), false});
    }
    const auto reads = reads_of(std::move(list));
    RecordingSink sink(*reads);
    REQUIRE(wait_for(session.source().fetch(reads, sink, in(kPatience))).has_value());
    CHECK(sink.values["java.lang:type=Runtime.SpecVersion"] ==
          (launcher == TARGET_JAVA ? "17" : "25"));
    CHECK_THAT(sink.values["java.lang:type=Memory.HeapMemoryUsage"], Contains("committed="));
    for (const auto& [index, outcome] : sink.outcomes) CHECK(outcome == BeanOutcome::kRead);
    for (const auto& [attribute, why] : sink.losses) {
      INFO(attribute << ": " << sink.loss_details[attribute]);
      CHECK(why == AttributeLoss::kThrew);
    }
  }
}

TEST_CASE("session: the stub's reference gives the wire address", "[jni]") {
  TargetJvm target;
  Session session = open_session(target.port());
  REQUIRE(session.wire.has_value());
  CHECK(session.wire->host == "127.0.0.1");
  CHECK(session.wire->port == target.port());
  CHECK(session.wire->socket == WireAddress::Socket::kPlain);
  CHECK(std::any_of(session.wire->object_id.begin(), session.wire->object_id.end(),
                    [](std::uint8_t byte) { return byte != 0; }));
}

TEST_CASE("session: every connect asks the dial function", "[jni]") {
  TargetJvm target;
  auto asked = std::make_shared<std::vector<std::string>>();
  Endpoint endpoint = endpoint_of(target.port());
  endpoint.dial = loopback_dial(asked);
  Result<Session> session = wait_for(connector().open(endpoint, in(kPatience)));
  REQUIRE(session.has_value());
  REQUIRE_FALSE(asked->empty());
  const std::string address = fmt::format("127.0.0.1:{}", target.port());
  CHECK(std::all_of(asked->begin(), asked->end(),
                    [&](const std::string& one) { return one == address; }));

  // A session may use a connection that another has opened only if it may open it itself.
  Endpoint refused = endpoint_of(target.port());
  refused.dial = [](const std::string& host, std::uint16_t) -> Result<std::vector<std::string>> {
    return fail(fmt::format("{} is not allowed; add it to probe", host));
  };
  const Error error = open_error(refused, kPatience);
  CHECK(error.text == "127.0.0.1 is not allowed; add it to probe");
}

TEST_CASE("session: the embedded JVM reads itself", "[jni]") {
  Endpoint endpoint;
  endpoint.kind = Endpoint::Kind::kSelf;
  Result<Session> session = wait_for(connector().open(endpoint, in(kPatience)));
  REQUIRE(session.has_value());
  CHECK_FALSE(session->wire.has_value());
  Result<Changes> first = wait_for(session->portable->changes(in(kPatience)));
  REQUIRE(first.has_value());
  CHECK(first->unknown);
  Result<Changes> second = wait_for(session->portable->changes(in(kPatience)));
  REQUIRE(second.has_value());
  CHECK_FALSE(second->unknown);
  CHECK(second->list.empty());
  const auto reads = reads_of({read_of("java.lang:type=Runtime", {"SpecVersion"}),
                               read_of("java.lang:type=Memory", {"HeapMemoryUsage"})});
  RecordingSink sink(*reads);
  REQUIRE(wait_for(session->portable->fetch(reads, sink, in(kPatience))).has_value());
  CHECK(sink.values.size() == 2);
}

TEST_CASE("session: a password file is obeyed", "[jni]") {
  const Folder folder;
  const std::string passwords = folder.path("password");
  const std::string access = folder.path("access");
  for (const auto& [path, text] :
       {std::pair(passwords, "ops hunter2secret\n"), std::pair(access, "ops readonly\n")}) {
    const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
    REQUIRE(::write(file, text, std::strlen(text)) > 0);
    ::close(file);
  }
  TargetJvm::Options options;
  options.flags = {"-Dcom.sun.management.jmxremote.authenticate=true",
                   "-Dcom.sun.management.jmxremote.password.file=" + passwords,
                   "-Dcom.sun.management.jmxremote.access.file=" + access};
  options.commands = {"register t:type=A V=int:1"};
  TargetJvm target(options);
  Endpoint endpoint = endpoint_of(target.port());
  const std::string address = fmt::format("127.0.0.1:{}", target.port());
  Error error = open_error(endpoint, kPatience);
  CHECK(error.text == address + " wants a user name and a password; set username and password");

  endpoint.login = Login{"ops", ""};
  error = open_error(endpoint, kPatience);
  CHECK_THAT(error.text, Contains("wants a user name and a password"));

  endpoint.login = Login{"ops", "wrong-password"};
  error = open_error(endpoint, kPatience);
  CHECK_THAT(error.text, Contains("refused the login"));
  CHECK_THAT(error.text, !Contains("wrong-password"));

  endpoint.login = Login{"ops", "hunter2secret"};
  Result<Session> session = wait_for(connector().open(endpoint, in(kPatience)));
  REQUIRE(session.has_value());
  Result<Changes> changes = wait_for(session->portable->changes(in(kPatience)));
  REQUIRE(changes.has_value());
  const auto reads = reads_of({read_of("t:type=A", {"V"})});
  RecordingSink sink(*reads);
  REQUIRE(wait_for(session->portable->fetch(reads, sink, in(kPatience))).has_value());
  CHECK(sink.values["t:type=A.V"] == "1");

  // Within its pause, which the refusal has just begun, a login is not tried; another one is.
  endpoint.login = Login{"ops", "another-password"};
  const auto begin = std::chrono::steady_clock::now();
  const Error refused = open_error(endpoint, kPatience);
  CHECK(refused.kind == ErrorKind::kLogin);
  target.kill();
  const Error paused = open_error(endpoint, kPatience);
  // The first pause has two seconds; a machine that takes longer is past it.
  if (std::chrono::steady_clock::now() - begin < 2s) {
    CHECK(paused.kind == ErrorKind::kLogin);
    CHECK(paused.text == refused.text);
  }
  endpoint.login->password = "yet-another";
  CHECK_THAT(open_error(endpoint, kPatience).text, Contains("refused the connection"));
}

TEST_CASE("session: after a restart of the target the session is lost and a new one works",
          "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.commands = {"register t:type=A V=int:1"};
  auto target = std::make_unique<TargetJvm>(options);
  options.port = target->port();
  LaneSession session = open_lane(lane, options.port);
  const auto reads = reads_of({read_of("t:type=A", {"V"})});
  {
    RecordingSink sink(*reads);
    REQUIRE(wait_for(session.source().fetch(reads, sink, in(kPatience))).has_value());
  }
  target.reset();
  {
    RecordingSink sink(*reads);
    const Result<void> fetched = wait_for(session.source().fetch(reads, sink, in(kPatience)));
    REQUIRE_FALSE(fetched.has_value());
    CHECK(fetched.error().kind == ErrorKind::kSession);
    CHECK_THAT(fetched.error().text, Contains("refused the connection"));
    CHECK(sink.outcomes[0] == BeanOutcome::kUnanswered);
  }
  target = std::make_unique<TargetJvm>(options);
  {
    RecordingSink sink(*reads);
    const Result<void> fetched = wait_for(session.source().fetch(reads, sink, in(kPatience)));
    REQUIRE_FALSE(fetched.has_value());
    CHECK(fetched.error().kind == ErrorKind::kSession);
    CHECK_THAT(fetched.error().text, Contains("was restarted"));
  }
  session = open_lane(lane, options.port);
  RecordingSink sink(*reads);
  REQUIRE(wait_for(session.source().fetch(reads, sink, in(kPatience))).has_value());
  CHECK(sink.values["t:type=A.V"] == "1");
}

TEST_CASE("session: connections that the last session has left behind are not taken for a refusal",
          "[jni]") {
  TargetJvm target;
  const Endpoint endpoint = endpoint_of(target.port());
  const Result<Session> first = wait_for(connector().open(endpoint, in(kPatience)));
  REQUIRE(first.has_value());
  const Result<Session> second = [&] {
    // RMI takes a connection for fresh for twice as long as its last ping took.
    target.freeze();
    const std::jthread thaw([&] {
      std::this_thread::sleep_for(500ms);
      target.thaw();
    });
    return wait_for(connector().open(endpoint, in(kPatience)));
  }();
  REQUIRE(second.has_value());
  target.kill();
  CHECK_THAT(open_error(endpoint, kPatience).text, Contains("refused the connection"));
}

TEST_CASE("session: the JVM says its version and its heap", "[jni]") {
  CHECK(embedded_java().version().starts_with("17."));
  CHECK(embedded_java().heap_used_bytes() > 100'000);
}
