#include "config/jmx_url.h"

#include <catch2/catch.hpp>
#include <string>

namespace jmxbridge {

TEST_CASE("jmx url: the forms of the rmi protocol are taken", "[config]") {
  for (const char* url : {
           "service:jmx:rmi:///jndi/rmi://127.0.0.1:9999/jmxrmi",
           "service:jmx:rmi:///jndi/rmi://host/jmxrmi",
           "service:jmx:rmi://front:1234/jndi/rmi://[::1]:9999/a/b",
           "service:jmx:rmi:///jndi/rmi:///jmxrmi",
           "service:jmx:rmi:///jndi/rmi://:1099/jmxrmi",
           "SERVICE:JMX:RMI:///jndi/rmi://host:1/jmxrmi",
           "service:jmx:rmi://host:0/stub/rO0ABXNyAC4=",
           "service:jmx:rmi:///stub/rO0A",
       }) {
    INFO(url);
    CHECK(jmx_url_fault(url).empty());
  }
}

TEST_CASE("jmx url: others are refused with the form to write", "[config]") {
  const std::string form =
      "; write service:jmx:rmi:///jndi/rmi://HOST:PORT/jmxrmi, or hostPort: HOST:PORT";
  CHECK(jmx_url_fault("") == "the URL is empty" + form);
  CHECK(jmx_url_fault("host:9999") == "the URL must start with service:jmx:" + form);
  CHECK(jmx_url_fault("service:jmx:jmxmp://host:1") == "only the protocol rmi is served" + form);
  CHECK(jmx_url_fault("service:jmx:rmi:/jndi/x") == "'//' must follow 'rmi:'" + form);
  CHECK(jmx_url_fault("service:jmx:rmi:///jndi/ldap://host/cn=x") ==
        "the JNDI name is no rmi: name, and no other kind is looked up" + form);
  CHECK(jmx_url_fault("service:jmx:rmi:///jndi/rmi://host:9999/") ==
        "the name in the registry is missing" + form);
  CHECK(jmx_url_fault("service:jmx:rmi:///jndi/rmi://host:9999") ==
        "the name in the registry is missing" + form);
  CHECK(jmx_url_fault("service:jmx:rmi:///jndi/rmi://host:99999/x") ==
        "'host:99999' is no HOST:PORT of a registry" + form);
  CHECK(jmx_url_fault("service:jmx:rmi:///jndi/rmi://a b/x") ==
        "'a b' is no HOST:PORT of a registry" + form);
  CHECK(jmx_url_fault("service:jmx:rmi:///ior/IOR:00") ==
        "the path of the URL must start with /jndi/ or /stub/" + form);
  CHECK(jmx_url_fault("service:jmx:rmi://ho st/stub/rO0A") == "'ho st' is no HOST:PORT" + form);
}

TEST_CASE("jmx url: a broken stub is refused and never shown", "[config]") {
  for (const std::string stub : {"", "rO0", "rO0A=B==", "token!!!"}) {
    INFO(stub);
    const std::string fault = jmx_url_fault("service:jmx:rmi:///stub/" + stub);
    CHECK(fault.find("base64; copy it again, whole") != std::string::npos);
    if (!stub.empty()) CHECK(fault.find(stub) == std::string::npos);
  }
}

TEST_CASE("jmx url: a host and port become the registry's URL", "[config]") {
  CHECK(url_of_host_port("h:1") == "service:jmx:rmi:///jndi/rmi://h:1/jmxrmi");
  for (const char* good : {"h:1", "127.0.0.1:9999", "[::1]:9999", "my_host.example", "h:65535"}) {
    INFO(good);
    CHECK(host_port_fault(good).empty());
  }
  CHECK(host_port_fault("9599") ==
        "'9599' is taken for a host; write HOST:PORT, such as 127.0.0.1:9599");
  for (const char* bad :
       {"", "h:", "h:0", "h:65536", "h:x", "a b:1", "::1:9999", "[::1", "h:1/x"}) {
    INFO(bad);
    CHECK(host_port_fault(bad).find("is no HOST:PORT") != std::string::npos);
  }
}

TEST_CASE("jmx url: the host of the registry is told", "[config]") {
  CHECK(jmx_url_host("service:jmx:rmi:///jndi/rmi://h:1/jmxrmi") == "h");
  CHECK(jmx_url_host("service:jmx:rmi:///jndi/rmi://[::1]:1/jmxrmi") == "[::1]");
  CHECK(jmx_url_host("service:jmx:rmi:///stub/rO0A").empty());
}

}  // namespace jmxbridge
