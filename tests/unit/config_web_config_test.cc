#include <catch2/catch.hpp>
#include <string>

#include "config/load_web_config.h"
#include "config/web_duration.h"

namespace jmxbridge {
namespace {

using ClientAuth = WebTlsConfig::ClientAuth;

constexpr const char* kHash = "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A text that must load without an error.
WebConfig good(const std::string& text) {
  LoadedWebConfig loaded = load_web_config_text(text, "conf/web.yml");
  INFO(text << loaded.report.text());
  CHECK_FALSE(loaded.report.has_errors());
  return std::move(loaded.config);
}

std::string tls(const std::string& more) {
  return "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n" + more;
}

/// A web configuration and where the first error stands, with what it says.
struct Bad {
  std::string text;
  std::string error;
};

TEST_CASE("web config: what the exporter-toolkit takes is taken", "[config]") {
  for (const std::string& text : {
           std::string(),
           std::string("# nothing\n"),
           std::string("tls_server_config:\nhttp_server_config:\nbasic_auth_users:\nrate_limit:\n"),
           std::string("tls_server_config: {}\n"),
           tls(""),
           tls("  client_auth_type: NoClientCert\n"),
           tls("  client_auth_type: \"\"\n"),
           tls("  client_auth_type: RequireAndVerifyClientCert\n"),
           tls("  client_auth_type: VerifyClientCertIfGiven\n  client_ca_file: ca.pem\n"),
           tls("  client_auth_type: RequireAnyClientCert\n  client_allowed_sans: [a, 10.0.0.1]\n"),
           tls("  min_version: TLS10\n  max_version: TLS13\n"),
           tls("  min_version: TLS13\n"),
           tls("  cipher_suites: [TLS_AES_128_GCM_SHA256, TLS_RSA_WITH_AES_128_CBC_SHA,\n"
               "    TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]\n"),
           tls("  prefer_server_cipher_suites: false\n"),
           tls("  curve_preferences: [CurveP256, CurveP384, CurveP521, X25519]\n"),
           tls("http_server_config: {http2: false}\n"),
           tls("  prefer_server_cipher_suites:\nhttp_server_config: {http2: }\n"),
           std::string("http_server_config:\n  headers:\n    X-Frame-Options: sameorigin\n"
                       "    X-Content-Type-Options: nosniff\n    X-XSS-Protection: 0\n"
                       "    Content-Security-Policy: default-src 'self'\n"
                       "    Strict-Transport-Security: max-age=1\n"),
           std::string("basic_auth_users: {}\n"),
           std::string("rate_limit: {interval: 0, burst: 0}\n"),
           std::string("rate_limit: {burst: 5}\n"),
       }) {
    good(text);
  }
}

TEST_CASE("web config: every error is found, with its place", "[config]") {
  for (
      const Bad& bad : {
          Bad{"- a\n", "1:1: error: found a list"},
          Bad{"tls_server_config: {cert_file: a\n", "error: "},
          Bad{"tls_server_cfg: {}\n",
              "1:1: error: tls_server_cfg: this key is not known here; did "
              "you mean 'tls_server_config'?"},
          Bad{tls("  cert_file: x\n"),
              "4:3: error: the key 'cert_file' stands twice, first in line 2; remove one"},
          Bad{"basic_auth_users: {u: ''}\nbasic_auth_users: {}\n",
              "2:1: error: the key 'basic_auth_users' stands twice"},
          Bad{tls("  cert_fil: x\n"), "4:3: error: tls_server_config.cert_fil: "},
          Bad{"tls_server_config: text\n", "1:20: error: tls_server_config: found a text"},
          Bad{"tls_server_config: {cert_file: '', key_file: '',"
              "client_auth_type: RequestClientCert}\n",
              "error: tls_server_config.cert_file: TLS needs one of cert and cert_file"},
          Bad{"tls_server_config: {cert_file: a}\n",
              "error: tls_server_config.key_file: TLS needs one of key and key_file"},
          Bad{"tls_server_config: {key: k}\n", "error: tls_server_config.cert_file: "},
          Bad{tls("  client_ca_file: ca.pem\n"),
              "4:3: error: tls_server_config.client_ca_file: no client is asked"},
          Bad{tls("  client_ca: PEM\n  client_auth_type: NoClientCert\n"),
              "error: tls_server_config.client_ca_file: no client is asked"},
          Bad{tls("  client_auth_type: VerifyClient\n"),
              "4:21: error: tls_server_config.client_auth_type: 'VerifyClient' is not known; write "
              "one of NoClientCert, RequestClientCert"},
          Bad{tls("  client_allowed_sans: [a]\n"),
              "4:3: error: tls_server_config.client_allowed_sans: clients need not"},
          Bad{tls("  client_allowed_sans: [a]\n  client_auth_type: VerifyClientCertIfGiven\n"),
              "error: tls_server_config.client_allowed_sans: clients need not"},
          Bad{tls("  client_allowed_sans: []\n  client_auth_type: RequireAnyClientCert\n"),
              "error: tls_server_config.client_allowed_sans: this is empty"},
          Bad{tls("  min_version: TLS1.2\n"),
              "error: tls_server_config.min_version: 'TLS1.2' is not known; write one of TLS10"},
          Bad{tls("  min_version: TLS13\n  max_version: TLS12\n"),
              "5:3: error: tls_server_config.max_version: this is older"},
          Bad{tls("  cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]\n"),
              "error: tls_server_config.cipher_suites: 'TLS_RSA_WITH_RC4_128_SHA' is not known"},
          Bad{tls("  cipher_suites: TLS_AES_128_GCM_SHA256\n"),
              "error: tls_server_config.cipher_suites: found "},
          Bad{tls("  curve_preferences: [CurveP257]\n"),
              "error: tls_server_config.curve_preferences: 'CurveP257' is not known"},
          Bad{tls("  prefer_server_cipher_suites: 'yes'\n"),
              "error: tls_server_config.prefer_server_cipher_suites: "},
          Bad{"http_server_config: {http3: true}\n", "error: http_server_config.http3: "},
          Bad{"http_server_config: {headers: {X-Frame-Options: allow}}\n",
              "error: http_server_config.headers.X-Frame-Options: 'allow' is not taken; write deny "
              "or sameorigin"},
          Bad{"http_server_config: {headers: {X-Frame-Options: ''}}\n", "X-Frame-Options: '' is"},
          Bad{"http_server_config: {headers: {X-Content-Type-Options: x}}\n", "write nosniff"},
          Bad{"http_server_config: {headers: {Server: x}}\n",
              "error: http_server_config.headers.Server: this header cannot be set"},
          Bad{"http_server_config: {headers: {X-XSS-Protection: \"0\\r\\nA: b\"}}\n",
              "holds a line end"},
          Bad{"basic_auth_users: [a]\n", "error: basic_auth_users: found a list"},
          Bad{"basic_auth_users: {alice: secret}\n",
              "1:27: error: basic_auth_users.alice: this is no hash of bcrypt"},
          Bad{"basic_auth_users: {alice: }\n", "error: basic_auth_users.alice: this is no hash"},
          Bad{"basic_auth_users: {a: $2y$31$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/"
              "VcEd00UAV/LDeSi}\n",
              "error: basic_auth_users.a: its cost is 31, and from 4 to 20 are taken"},
          Bad{"rate_limit: {interval: 5, burst: 1}\n", "error: rate_limit.interval: found '5'"},
          Bad{"rate_limit: {interval: 1s}\n", "error: rate_limit.burst: without it"},
          Bad{"rate_limit: {interval: 1s, burst: 0}\n", "error: rate_limit.burst: found '0'"},
      }) {
    const std::string text = load_web_config_text(bad.text, "web.yml").report.text();
    INFO(bad.text << text);
    CHECK(has(text, bad.error));
    // What was meant to be secret is in no message.
    CHECK_FALSE(has(text, "secret"));
  }
  CHECK(has(load_web_config_file("/nothing/web.yml").report.text(), "the file does not exist"));
}

TEST_CASE("web config: what is read is what stands there", "[config]") {
  const WebConfig config =
      good(tls("  client_auth_type: RequireClientCert\n  client_allowed_sans: [a.example, 10]\n"
               "  client_ca_file: /etc/ca.pem\n  min_version: TLS11\n  max_version: TLS12\n"
               "  cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA]\n  curve_preferences: [X25519, "
               "CurveP521]\n"
               "  prefer_server_cipher_suites: false\n") +
           "http_server_config: {headers: {X-Frame-Options: deny, X-XSS-Protection: ''}}\n"
           "basic_auth_users:\n  alice: " +
           kHash + "\n  007: " + kHash + "\nrate_limit: {interval: 1m1.5s, burst: 20}\n");
  REQUIRE(config.tls);
  CHECK(config.tls->certificate.file == "conf/server.crt");
  CHECK(config.tls->key.file == "conf/server.key");
  CHECK(config.tls->client_authorities.file == "/etc/ca.pem");
  CHECK(config.tls->client_auth == ClientAuth::kRequireAny);
  CHECK(config.tls->client_names == std::vector<std::string>{"a.example", "10"});
  CHECK(config.tls->protocols == std::vector<std::string>{"TLSv1.1", "TLSv1.2"});
  CHECK(config.tls->ciphers == std::vector<std::string>{"TLS_RSA_WITH_AES_128_CBC_SHA"});
  CHECK(config.tls->groups == std::vector<std::string>{"X25519", "P-521"});
  CHECK_FALSE(config.tls->prefers_own_order);
  REQUIRE(config.headers.size() == 1);
  CHECK(config.headers[0] == std::pair<std::string, std::string>("X-Frame-Options", "deny"));
  REQUIRE(config.users.size() == 2);
  CHECK(config.users[0].name == "alice");
  CHECK(config.users[0].hash == kHash);
  CHECK(config.users[1].name == "007");
  REQUIRE(config.rate_limit);
  CHECK(config.rate_limit->interval == std::chrono::milliseconds(61'500));
  CHECK(config.rate_limit->burst == 20);

  const WebConfig inlined = good("tls_server_config: {cert: C, key: K, cert_file: c.pem}\n");
  REQUIRE(inlined.tls);
  CHECK(inlined.tls->certificate.file == "conf/c.pem");
  CHECK(inlined.tls->key.text == "K");
  CHECK(inlined.tls->protocols == std::vector<std::string>{"TLSv1.2", "TLSv1.3"});
}

TEST_CASE("web config: what has no effect is said", "[config]") {
  const LoadedWebConfig loaded = load_web_config_text(
      "tls_server_config: {min_version: TLS13}\nhttp_server_config: {http2: true}\n"
      "basic_auth_users: {'a:b': " +
          std::string(kHash) + "}\n",
      "web.yml");
  CHECK_FALSE(loaded.report.has_errors());
  CHECK_FALSE(loaded.config.tls);
  const std::string text = loaded.report.text();
  CHECK(has(text, "1:1: warning: tls_server_config: there is no certificate"));
  CHECK(has(text, "2:22: note: http_server_config.http2: this has no effect"));
  CHECK(has(text, "warning: basic_auth_users.a:b: no client can send"));
}

TEST_CASE("web duration: numbers with units, as Go writes them", "[config]") {
  using std::chrono::nanoseconds;
  CHECK(read_go_duration("0") == nanoseconds(0));
  CHECK(read_go_duration("1s") == nanoseconds(1'000'000'000));
  CHECK(read_go_duration("1h2m3s4ms5us6ns") == nanoseconds(3'723'004'005'006));
  CHECK(read_go_duration("1.5\xC2\xB5s") == nanoseconds(1'500));
  CHECK(read_go_duration(".5s") == nanoseconds(500'000'000));
  for (const char* wrong :
       {"", "1", "s", "-1s", "+1s", "1 s", "1x", "infs", "nans", "1e3s", "25h", "1s2", "..s"}) {
    INFO(wrong);
    CHECK_FALSE(read_go_duration(wrong));
  }
}

}  // namespace
}  // namespace jmxbridge
