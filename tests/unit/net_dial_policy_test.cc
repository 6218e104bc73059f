#include "net/dial_policy.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace jmxbridge {
namespace {

using Addresses = std::vector<std::string>;

DialPolicy allowing(std::vector<std::string> entries) {
  Result<DialPolicy> policy = DialPolicy::allow(entries);
  INFO((policy ? std::string() : policy.error().text));
  REQUIRE(policy.has_value());
  return *std::move(policy);
}

/// The addresses, or the error's text behind a `!`.
std::string ask(const DialPolicy& policy, const std::string& host, std::uint16_t port) {
  const Result<Addresses> found = policy.resolve(host, port);
  if (!found) return "!" + found.error().text;
  std::string all;
  for (const std::string& address : *found) all += (all.empty() ? "" : " ") + address;
  return all;
}

bool refused(const DialPolicy& policy, const std::string& host, std::uint16_t port) {
  return ask(policy, host, port).starts_with('!');
}

std::string problem_of(std::string_view entry) {
  const Result<DialRule> rule = DialRule::parse(entry);
  return rule ? "" : rule.error().text;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("dial policy: for targets from the file every address is admitted", "[net]") {
  const DialPolicy policy = DialPolicy::anything();
  CHECK(ask(policy, "127.0.0.1", 9999) == "127.0.0.1");
  CHECK(ask(policy, "169.254.1.2", 1) == "169.254.1.2");
  CHECK(ask(policy, "::1", 9999) == "::1");
  CHECK(ask(policy, "[::1]", 9999) == "::1");
  CHECK(ask(policy, "2001:db8::7", 9999) == "2001:db8::7");
}

TEST_CASE("dial policy: a name is resolved to loopback addresses, each once", "[net]") {
  const Result<Addresses> found = DialPolicy::anything().resolve("localhost", 9999);
  REQUIRE(found.has_value());
  REQUIRE_FALSE(found->empty());
  for (const std::string& address : *found) {
    CHECK((address == "127.0.0.1" || address == "::1"));
    CHECK(std::count(found->begin(), found->end(), address) == 1);
  }
}

TEST_CASE("dial policy: a text that is no host is refused before it is resolved", "[net]") {
  const DialPolicy policy = DialPolicy::anything();
  CHECK(contains(ask(policy, "", 9999), "is no host name"));
  CHECK(contains(ask(policy, "a b", 9999), "is no host name"));
  CHECK(contains(ask(policy, "host\n", 9999), "is no host name"));
  CHECK(contains(ask(policy, std::string(254, 'a'), 9999), "is no host name"));
  CHECK(contains(ask(policy, "localhost", 0), "has no port"));
}

TEST_CASE("dial policy: a NUL cannot hide another name in front of an admitted suffix", "[net]") {
  const DialPolicy policy = allowing({"*.kafka.svc:*"});
  const std::string host = std::string("localhost") + '\0' + ".kafka.svc";
  CHECK(contains(ask(policy, host, 9999), "is no host name"));
}

TEST_CASE("dial policy: an unknown name's error names it and what to check", "[net]") {
  // A label this long is in no DNS, so that nobody is asked for it.
  const std::string host(64, 'x');
  const std::string answer = ask(DialPolicy::anything(), host, 9999);
  CHECK(contains(answer, host));
  CHECK(contains(answer, "name server"));
}

TEST_CASE("dial policy: an empty list admits nothing", "[net]") {
  CHECK(refused(allowing({}), "127.0.0.1", 9999));
  CHECK(refused(allowing({}), "localhost", 9999));
}

TEST_CASE("dial policy: a network entry admits its addresses on its port only", "[net]") {
  const DialPolicy policy = allowing({"10.0.0.0/8:9999"});
  CHECK(ask(policy, "10.0.0.1", 9999) == "10.0.0.1");
  CHECK(ask(policy, "10.255.255.255", 9999) == "10.255.255.255");
  CHECK(refused(policy, "11.0.0.0", 9999));
  CHECK(refused(policy, "9.255.255.255", 9999));
  CHECK(refused(policy, "10.0.0.1", 9998));
  const std::string refusal = ask(policy, "11.0.0.1", 9999);
  CHECK(contains(refusal, "11.0.0.1:9999"));
  CHECK(contains(refusal, "`allow`"));
}

TEST_CASE("dial policy: a network's size need not end at a byte", "[net]") {
  const DialPolicy policy =
      allowing({"172.16.0.0/12:9999", "192.0.2.7/32:1", "[2001:db80::/27]:1"});
  CHECK_FALSE(refused(policy, "172.31.255.255", 9999));
  CHECK(refused(policy, "172.32.0.0", 9999));
  CHECK_FALSE(refused(policy, "192.0.2.7", 1));
  CHECK(refused(policy, "192.0.2.6", 1));
  CHECK_FALSE(refused(policy, "2001:db9f::1", 1));
  CHECK(refused(policy, "2001:dba0::1", 1));
}

TEST_CASE("dial policy: an IPv4-mapped address is checked and dialled as IPv4", "[net]") {
  const DialPolicy policy = allowing({"10.0.0.0/8:9999", "[::/0]:9999"});
  CHECK(ask(policy, "::ffff:10.1.2.3", 9999) == "10.1.2.3");
  // The entry for all of IPv6 does not take IPv4 in by this door.
  CHECK(refused(policy, "::ffff:127.0.0.1", 9999));
  CHECK(refused(policy, "::ffff:7f00:1", 9999));
  CHECK(ask(policy, "2001:db8::1", 9999) == "2001:db8::1");
}

TEST_CASE("dial policy: every spelling of an IPv4 address is checked as what it means", "[net]") {
  const DialPolicy policy = allowing({"10.0.0.0/8:9999"});
  CHECK(refused(policy, "127.1", 9999));
  CHECK(refused(policy, "0x7f000001", 9999));
  CHECK(refused(policy, "2130706433", 9999));
  CHECK(refused(policy, "017700000001", 9999));
  CHECK(ask(policy, "10.1", 9999) == "10.0.0.1");
}

TEST_CASE("dial policy: unspecified addresses are never admitted by an entry", "[net]") {
  const DialPolicy policy = allowing({"0.0.0.0/0:9999", "[::/0]:9999"});
  CHECK(refused(policy, "0.0.0.0", 9999));
  CHECK(refused(policy, "::", 9999));
  CHECK_FALSE(refused(policy, "192.0.2.1", 9999));
}

TEST_CASE("dial policy: link-local addresses need an entry of their own", "[net]") {
  CHECK(refused(allowing({"*.svc:9999"}), "169.254.169.254", 9999));
  CHECK_FALSE(refused(allowing({"169.254.0.0/16:9999"}), "169.254.169.254", 9999));
  CHECK(refused(allowing({"*.svc:9999"}), "fe80::1", 9999));
  CHECK_FALSE(refused(allowing({"[fe80::/10]:9999"}), "fe80::1", 9999));
}

TEST_CASE("dial policy: a name passes by the address that it resolves to", "[net]") {
  CHECK(contains(ask(allowing({"127.0.0.0/8:9999"}), "localhost", 9999), "127.0.0.1"));
  CHECK(refused(allowing({"127.0.0.0/8:9999"}), "localhost", 9998));
  CHECK(refused(allowing({"10.0.0.0/8:9999"}), "localhost", 9999));
}

TEST_CASE("dial policy: of a name's addresses only the admitted ones are dialled", "[net]") {
  CHECK(ask(allowing({"127.0.0.0/8:9999"}), "localhost", 9999) == "127.0.0.1");
}

TEST_CASE("dial policy: the entry localhost means loopback", "[net]") {
  const DialPolicy policy = allowing({"localhost:9999"});
  CHECK_FALSE(refused(policy, "localhost", 9999));
  CHECK_FALSE(refused(policy, "LocalHost.", 9999));
  CHECK(refused(policy, "localhost", 1));
  CHECK(refused(policy, "127.0.0.1", 9999));
}

TEST_CASE("dial policy: another name that leads to loopback is refused, and says where", "[net]") {
  const DialPolicy policy = allowing({"*.kafka.svc:5555"});
  const auto admit = [&](std::vector<std::string> addresses) {
    const Result<Addresses> found = policy.admit("b1.kafka.svc", 5555, addresses);
    return found ? *found : Addresses{"!" + found.error().text};
  };
  CHECK(admit({"10.0.0.1"}) == Addresses{"10.0.0.1"});
  CHECK(admit({"2001:db8::1", "10.0.0.1"}) == Addresses{"2001:db8::1", "10.0.0.1"});
  for (const char* special : {"127.0.0.1", "::1", "169.254.169.254", "fe80::1", "224.0.0.1",
                              "ff02::1", "0.0.0.0", "::", "255.255.255.255", "::ffff:127.0.0.1"}) {
    INFO(special);
    const Addresses answer = admit({special});
    REQUIRE(answer.size() == 1);
    CHECK(contains(answer[0], "!b1.kafka.svc:5555 leads to "));
    CHECK(contains(answer[0], "`allow`"));
  }
  CHECK(contains(admit({"127.0.0.1"})[0], "\"127.0.0.1/32:5555\""));
  CHECK(contains(admit({"::1"})[0], "\"[::1/128]:5555\""));
  // A name server that mixes in an address of this host gains nothing.
  CHECK(admit({"127.0.0.1", "10.0.0.1", "::ffff:10.0.0.1"}) == Addresses{"10.0.0.1"});
}

TEST_CASE("dial policy: a name's special address passes by a network entry", "[net]") {
  const DialPolicy policy = allowing({"*.kafka.svc:5555", "127.0.0.1/32:5555"});
  const Addresses loopback = {"127.0.0.1", "127.0.0.2"};
  const Result<Addresses> found = policy.admit("b1.kafka.svc", 5555, loopback);
  REQUIRE(found.has_value());
  CHECK(*found == Addresses{"127.0.0.1"});
}

TEST_CASE("dial policy: a refusal does not tell what a name resolves to", "[net]") {
  const Addresses inside = {"192.168.7.7"};
  const Result<Addresses> found =
      allowing({"10.0.0.0/8:9999"}).admit("intranet.example.org", 9999, inside);
  REQUIRE_FALSE(found.has_value());
  CHECK(contains(found.error().text, "intranet.example.org:9999"));
  CHECK_FALSE(contains(found.error().text, "192.168"));
}

TEST_CASE("dial policy: a zone stays with the address that is dialled", "[net]") {
  const Addresses zoned = {"fe80::1%lo"};
  const Result<Addresses> found = allowing({"[fe80::/10]:9999"}).admit("fe80::1%lo", 9999, zoned);
  REQUIRE(found.has_value());
  CHECK(*found == zoned);
}

TEST_CASE("dial rule: names compare without letter case and without the root's dot", "[net]") {
  const Result<DialRule> exact = DialRule::parse("Broker-1.Example.org.:5555");
  REQUIRE(exact.has_value());
  CHECK(exact->admits_name("broker-1.example.org"));
  CHECK_FALSE(exact->admits_name("xbroker-1.example.org"));
  CHECK(exact->admits_port(5555));
  CHECK_FALSE(exact->admits_port(5554));
}

TEST_CASE("dial rule: a suffix takes in what stands below it, not the domain itself", "[net]") {
  const Result<DialRule> rule = DialRule::parse("*.kafka.svc:5555");
  REQUIRE(rule.has_value());
  CHECK(rule->admits_name("b1.kafka.svc"));
  CHECK(rule->admits_name("b1.eu.kafka.svc"));
  CHECK_FALSE(rule->admits_name("kafka.svc"));
  CHECK_FALSE(rule->admits_name(".kafka.svc"));
  CHECK_FALSE(rule->admits_name("evilkafka.svc"));
  CHECK_FALSE(rule->admits_name("kafka.svc.evil.org"));
}

TEST_CASE("dial rule: ports are a number, a range or any", "[net]") {
  CHECK(DialRule::parse("10.0.0.1:1")->admits_port(1));
  const Result<DialRule> range = DialRule::parse("10.0.0.1:9000-9999");
  REQUIRE(range.has_value());
  CHECK(range->admits_port(9000));
  CHECK(range->admits_port(9999));
  CHECK_FALSE(range->admits_port(8999));
  CHECK_FALSE(range->admits_port(10000));
  const Result<DialRule> any = DialRule::parse("10.0.0.1:*");
  REQUIRE(any.has_value());
  CHECK(any->admits_port(1));
  CHECK(any->admits_port(65535));
  CHECK_FALSE(any->admits_port(0));
}

TEST_CASE("dial rule: IPv6 is written in brackets, with the size inside or behind", "[net]") {
  IpAddress inside;
  REQUIRE(IpAddress::parse("2001:db8:ffff::1", inside));
  for (const char* entry : {"[2001:db8::/32]:9999", "[2001:db8::]/32:9999"}) {
    INFO(entry);
    const Result<DialRule> rule = DialRule::parse(entry);
    REQUIRE(rule.has_value());
    CHECK(rule->admits_address(inside));
    CHECK(rule->admits_port(9999));
  }
  const Result<DialRule> mapped = DialRule::parse("[::ffff:10.0.0.0/104]:9999");
  REQUIRE(mapped.has_value());
  IpAddress v4;
  REQUIRE(IpAddress::parse("10.9.9.9", v4));
  CHECK(mapped->admits_address(v4));
}

TEST_CASE("dial rule: a wrong entry is refused with what is wrong and a right one", "[net]") {
  CHECK(contains(problem_of("10.0.0.0/8"), "the port is missing"));
  CHECK(contains(problem_of("[::1]"), "the port is missing"));
  CHECK(contains(problem_of(""), "the port is missing"));
  CHECK(contains(problem_of("10.0.0.0/8:"), "the port is no number"));
  CHECK(contains(problem_of("10.0.0.0/8:0"), "the port is no number"));
  CHECK(contains(problem_of("10.0.0.0/8:65536"), "the port is no number"));
  CHECK(contains(problem_of("10.0.0.0/8:99-1"), "the port is no number"));
  CHECK(contains(problem_of("10.0.0.0/8:1-"), "the port is no number"));
  CHECK(contains(problem_of("10.0.0.0/33:1"), "from 0 to 32"));
  CHECK(contains(problem_of("10.0.0.0/:1"), "from 0 to 32"));
  CHECK(contains(problem_of("[2001:db8::/129]:1"), "from 0 to 128"));
  CHECK(contains(problem_of("10.1.2.3/8:1"), "10.0.0.0/8"));
  CHECK(contains(problem_of("2001:db8::1:9999"), "in brackets"));
  CHECK(contains(problem_of("2001:db8::/32:9999"), "no IPv4 address"));
  CHECK(contains(problem_of("[2001:db8::/32:9999"), "bracket is not closed"));
  CHECK(contains(problem_of("[10.0.0.1]:1"), "no IPv6 address"));
  CHECK(contains(problem_of("[fe80::1%eth0]:1"), "no IPv6 address"));
  CHECK(contains(problem_of("[::ffff:0:0/64]:1"), "IPv4 networks"));
  CHECK(contains(problem_of(":9999"), "no host name"));
  CHECK(contains(problem_of("*:9999"), "no host name"));
  CHECK(contains(problem_of("*.:9999"), "no host name"));
  CHECK(contains(problem_of("a*.svc:9999"), "no host name"));
  CHECK(contains(problem_of("a..b:9999"), "no host name"));
  CHECK(contains(problem_of("*.0.1:9999"), "no host name"));
  CHECK(contains(problem_of("a b:9999"), "no host name"));
  for (const char* entry : {"10.0.0.0/8", "a b:1"}) {
    CHECK(contains(problem_of(entry), "*.kafka.svc:5555"));
  }
  const std::vector<std::string> entries = {"10.0.0.0/8:9999", "nonsense"};
  const Result<DialPolicy> policy = DialPolicy::allow(entries);
  REQUIRE_FALSE(policy.has_value());
  CHECK(contains(policy.error().text, "nonsense"));
}

TEST_CASE("ip address: text is read and written, without a zone", "[net]") {
  IpAddress address;
  REQUIRE(IpAddress::parse("fe80::1%lo", address));
  CHECK(address.v6);
  CHECK(address.text() == "fe80::1");
  REQUIRE(IpAddress::parse("::ffff:192.0.2.1", address));
  CHECK_FALSE(address.v6);
  CHECK(address.text() == "192.0.2.1");
  CHECK_FALSE(IpAddress::parse("192.0.2.1%lo", address));
  CHECK_FALSE(IpAddress::parse("192.0.2.256", address));
  CHECK_FALSE(IpAddress::parse("", address));
  CHECK_FALSE(IpAddress::parse("localhost", address));
}

}  // namespace
}  // namespace jmxbridge
