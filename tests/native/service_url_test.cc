#include "jni/service_url.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <span>
#include <string>

#include "jni/java_flags.h"
#include "jni/record.h"
#include "jni/wire_reference.h"

using namespace jmxbridge;
using Catch::Contains;

TEST_CASE("service url: the forms that RMI has are read", "[jni]") {
  Result<ServiceUrl> url = parse_service_url("service:jmx:rmi:///jndi/rmi://host:9999/jmxrmi");
  REQUIRE(url.has_value());
  CHECK(url->host == "host");
  CHECK(url->port == 9999);
  CHECK(url->name == "jmxrmi");

  url = parse_service_url("SERVICE:JMX:RMI://ignored:7/jndi/rmi://host/a/b");
  REQUIRE(url.has_value());
  CHECK(url->port == 1099);
  CHECK(url->name == "a/b");

  url = parse_service_url("service:jmx:rmi:///jndi/rmi://[::1]:9999/jmxrmi");
  REQUIRE(url.has_value());
  CHECK(url->host == "::1");
  CHECK(url->port == 9999);

  url = parse_service_url("service:jmx:rmi:///jndi/rmi:///jmxrmi");
  REQUIRE(url.has_value());
  CHECK(url->host == "localhost");
  CHECK(url->port == 1099);

  url = parse_service_url("service:jmx:rmi:///stub/rO0ABXNy");
  REQUIRE(url.has_value());
  CHECK(url->host.empty());
  CHECK(url->stub == "rO0ABXNy");
}

TEST_CASE("service url: what is wrong is named", "[jni]") {
  for (const auto& [url, what] : {
           std::pair("", "does not begin with service:jmx:"),
           std::pair("service:jmx:iiop:///x", "protocol `iiop`"),
           std::pair("service:jmx:rmi://host:9999", "has no path"),
           std::pair("service:jmx:rmi:///", "neither /jndi/ nor /stub/"),
           std::pair("service:jmx:rmi:///stub/", "empty stub"),
           std::pair("service:jmx:rmi:///jndi/ldap://h/x", "`ldap`"),
           std::pair("service:jmx:rmi:///jndi/rmi://h:1/", "names nothing"),
           std::pair("service:jmx:rmi:///jndi/rmi://h:0/x", "port `0`"),
           std::pair("service:jmx:rmi:///jndi/rmi://h:x/x", "port `x`"),
           std::pair("service:jmx:rmi:///jndi/rmi://h:65536/x", "port `65536`"),
           std::pair("service:jmx:rmi:///jndi/rmi://::1:99/x", "IPv6 address without brackets"),
           std::pair("service:jmx:rmi:///jndi/rmi://[::1/x", "[ without a ]"),
           std::pair("service:jmx:rmi:///jndi/rmi://[::1]99/x", "between ] and the port"),
       }) {
    INFO(url);
    const Result<ServiceUrl> read = parse_service_url(url);
    REQUIRE_FALSE(read.has_value());
    CHECK_THAT(read.error().text, Contains(what) && Contains("hostPort"));
  }
}

TEST_CASE("wire reference: both forms are read and others refused", "[jni]") {
  const std::string id(22, '\x07');
  const std::string host = std::string("\x00\x04host", 6);
  const std::string port = std::string("\x00\x00\x27\x0f", 4);
  auto address = parse_wire_reference("UnicastRef", "", host + port + id + '\0');
  REQUIRE(address.has_value());
  CHECK(address->host == "host");
  CHECK(address->port == 9999);
  CHECK(address->object_id[21] == 7);
  CHECK(address->socket == WireAddress::Socket::kPlain);

  address = parse_wire_reference("UnicastRef2", "", std::string(1, '\0') + host + port + id);
  REQUIRE(address.has_value());
  CHECK(address->socket == WireAddress::Socket::kPlain);
  address = parse_wire_reference("UnicastRef2", "javax.rmi.ssl.SslRMIClientSocketFactory",
                                 '\1' + host + port + id);
  REQUIRE(address.has_value());
  CHECK(address->socket == WireAddress::Socket::kTls);
  address = parse_wire_reference("UnicastRef2", "com.acme.Sockets", '\1' + host + port + id);
  REQUIRE(address.has_value());
  CHECK(address->socket == WireAddress::Socket::kCustom);

  CHECK_FALSE(parse_wire_reference("ActivatableRef", "", host + port + id).has_value());
  CHECK_FALSE(parse_wire_reference("UnicastRef2", "", '\2' + host + port + id).has_value());
  CHECK_FALSE(parse_wire_reference("UnicastRef", "", host + port + id.substr(1)).has_value());
  CHECK_FALSE(parse_wire_reference("UnicastRef", "", "").has_value());
  const std::string zero(4, '\0');
  CHECK_FALSE(parse_wire_reference("UnicastRef", "", host + zero + id).has_value());
}

TEST_CASE("java flags: the heap grows with the targets, and options are split at blanks", "[jni]") {
  const auto has = [](const std::vector<std::string>& flags, const std::string& flag) {
    return std::find(flags.begin(), flags.end(), flag) != flags.end();
  };
  CHECK(has(java_flags("a.jar", 1, "/tmp"), "-Xmx65m"));
  CHECK(has(java_flags("a.jar", 1000, "/tmp"), "-Xmx127m"));
  CHECK(has(java_flags("a.jar", 1, "/tmp"), "-Djava.class.path=a.jar"));
  CHECK_FALSE(has(java_flags("a.jar", 1, "/tmp"), "-XX:+ExitOnOutOfMemoryError"));
  using List = std::vector<std::string>;
  CHECK(split_java_options("  -Xmx9m\t-Da=b ") == List{"-Xmx9m", "-Da=b"});
  CHECK(split_java_options("-Da=\"x y\" \"\"") == List{"-Da=x y", ""});
  CHECK(split_java_options("").empty());
}

TEST_CASE("record: bytes that are cut anywhere never give a record past their end", "[jni]") {
  // One bean: bean 3, read, no info, attribute 1 a value of two bytes.
  const std::string whole(
      "\x00\x00\x00\x14\x00\x00\x00\x03\x00\x00\x00\x00\x00"
      "\x00\x00\x00\x01\x00\x00\x00\x00\x02hi",
      24);
  std::span<const std::byte> bytes = std::as_bytes(std::span(whole));
  const std::optional<BeanRecord> record = next_bean(bytes);
  REQUIRE(record.has_value());
  CHECK(record->bean == 3);
  CHECK(bytes.empty());
  std::span<const std::byte> attributes = record->attributes;
  const std::optional<AttributeRecord> attribute = next_attribute(attributes);
  REQUIRE(attribute.has_value());
  CHECK(attribute->attribute == 1);
  CHECK(as_text(attribute->bytes) == "hi");
  CHECK_FALSE(next_attribute(attributes).has_value());
  for (std::size_t size = 0; size < whole.size(); size++) {
    std::span<const std::byte> cut = std::as_bytes(std::span(whole)).first(size);
    CHECK_FALSE(next_bean(cut).has_value());
  }
}
