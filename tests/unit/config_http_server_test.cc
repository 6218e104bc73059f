#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

#include "config/load.h"

namespace jmxbridge {
namespace {

using Algorithm = HttpBasicConfig::Algorithm;

LoadedConfig load(const std::string& block) {
  return load_config_text("hostPort: 127.0.0.1:9999\nhttpServer:\n" + block, "f.yml");
}

/// The block, which must load without a word.
HttpServerConfig read(const std::string& block) {
  LoadedConfig loaded = load(block);
  INFO(block << loaded.report.text());
  CHECK(loaded.report.findings().empty());
  REQUIRE(loaded.config.http_server);
  return *loaded.config.http_server;
}

std::string report_on(const std::string& block) { return load(block).report.text(); }

HttpBasicConfig basic(const std::string& keys) {
  const HttpServerConfig config = read("  authentication: {basic: {" + keys + "}}\n");
  REQUIRE(config.basic);
  return *config.basic;
}

std::string report_on_basic(const std::string& keys) {
  return report_on("  authentication: {basic: {" + keys + "}}\n");
}

std::string report_on_ssl(const std::string& keys) {
  return report_on("  ssl: {keyStore: {filename: k, password: p}, " + keys + "}\n");
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("http server: path, threads and time are read from any kind of value", "[config]") {
  const HttpServerConfig config = read(
      "  metrics: {path: 5}\n"
      "  threads: {minimum: '2', maximum: 0x10, keepAliveTime: +7}\n"
      "  maximumRequestSeconds: \"30\"\n");
  CHECK(config.mark.line == 2);
  CHECK(config.metrics_path == "5");
  REQUIRE(config.threads);
  CHECK(config.threads->minimum == 2);
  CHECK(config.threads->maximum == 16);
  CHECK(config.threads->keep_alive_seconds == 7);
  CHECK(config.threads->mark.line == 4);
  REQUIRE(config.maximum_request_seconds);
  CHECK(config.maximum_request_seconds->value == 30);
  CHECK(config.maximum_request_seconds->mark.line == 5);
  CHECK_FALSE(config.authentication_mark);
  CHECK_FALSE(config.ssl_mark);
}

TEST_CASE("http server: null counts as absent, and other shapes are ignored with a warning",
          "[config]") {
  CHECK_FALSE(load("").config.http_server);
  const HttpServerConfig config = read("  metrics:\n  threads: ~\n  maximumRequestSeconds: null\n");
  CHECK_FALSE(config.metrics_path);
  CHECK_FALSE(config.threads);
  CHECK_FALSE(config.maximum_request_seconds);

  const LoadedConfig shapes = load("  metrics: /custom\n  threads: 5\n  metric: {path: /m}\n");
  CHECK_FALSE(shapes.report.has_errors());
  CHECK(has(shapes.report.text(), "f.yml:3:12: warning: httpServer.metrics: found '/custom'"));
  CHECK(has(shapes.report.text(), "f.yml:4:12: warning: httpServer.threads: found '5'"));
  CHECK(has(shapes.report.text(), "f.yml:5:3: warning: httpServer.metric: "));
  CHECK(has(shapes.report.text(), "did you mean 'metrics'?"));
}

TEST_CASE("http server: what is missing or out of range is named at its place", "[config]") {
  CHECK(has(report_on("  metrics: {}\n"), "f.yml:3:12: error: httpServer.metrics.path: "));
  CHECK(has(report_on("  metrics: {path: ' '}\n"), "f.yml:3:19: error: httpServer.metrics.path: "));
  CHECK(has(report_on("  threads: {minimum: 1, maximum: 2}\n"),
            "error: httpServer.threads.keepAliveTime: this is missing"));
  CHECK(has(report_on("  threads: {minimum: 5, maximum: 4, keepAliveTime: 1}\n"),
            "error: httpServer.threads.maximum: found '4' (an integer); write a whole number from "
            "5 to 256"));
  CHECK(has(report_on("  threads: {minimum: 1, maximum: 257, keepAliveTime: 1}\n"), "1 to 256"));
  for (const char* wrong : {"0", "-1", "1.5", "5s", "' 5'", "2147483648", "[1]", "+-1", "''"}) {
    INFO(wrong);
    CHECK(has(report_on(std::string("  maximumRequestSeconds: ") + wrong + "\n"),
              "f.yml:3:26: error: httpServer.maximumRequestSeconds: "));
  }
}

TEST_CASE("http server: one user with a password in clear, also from a variable", "[config]") {
  ::setenv("JMXBRIDGE_TEST_SECRET", " from-outside ", 1);
  const HttpBasicConfig config = basic("username: 5, password: '${JMXBRIDGE_TEST_SECRET}'");
  CHECK(config.username == "5");
  CHECK(config.algorithm == Algorithm::kPlaintext);
  CHECK(config.password == "from-outside");
  CHECK(basic("username: a, password: b, algorithm: PLAINtext").password == "b");
  CHECK(has(report_on_basic("username: a, password: '${NO_SUCH_VARIABLE_ANYWHERE}'"),
            "error: httpServer.authentication.basic.password: the environment variable"));
  CHECK(has(report_on_basic("username: ' ', password: b"), ".username: this is missing or blank"));
  CHECK(has(report_on_basic("username: a"), ".password: this is missing or blank"));
}

TEST_CASE("http server: digests are hexadecimal, and nothing of them is a variable", "[config]") {
  const std::string hash(40, 'a');
  const HttpBasicConfig config =
      basic("username: a, algorithm: SHA-1, salt: '${NO_SUCH}', passwordHash: " + hash);
  CHECK(config.algorithm == Algorithm::kSha1);
  CHECK(config.salt == "${NO_SUCH}");
  CHECK(config.hash == std::string(20, '\xAA'));
  CHECK(config.password.empty());

  const std::string start = "username: a, algorithm: SHA-1, salt: s, passwordHash: ";
  CHECK(basic(start + "'0A:0b" + std::string(36, '0') + "'").hash.substr(0, 2) == "\x0A\x0B");
  for (const char* wrong : {"abc", "zz", "':'"}) {
    const std::string text = report_on_basic(start + wrong);
    CHECK(has(text, "error: httpServer.authentication.basic.passwordHash: this is no hash"));
    CHECK_FALSE(has(text, "zz"));
  }
  CHECK(has(report_on_basic(start + "abcd"), "warning: httpServer.authentication.basic"));
  CHECK(has(report_on_basic("username: a, algorithm: SHA-512"), ".salt: this is missing"));
  CHECK(has(report_on_basic("username: a, algorithm: sha-512"), ".algorithm: found 'sha-512'"));
}

TEST_CASE("http server: a derived key has iterations and a length in bits or bytes", "[config]") {
  const std::string start =
      "username: a, algorithm: PBKDF2WithHmacSHA256, salt: s, passwordHash: '" +
      std::string(32, '1') + "'";
  const HttpBasicConfig config = basic(start);
  CHECK(config.algorithm == Algorithm::kPbkdf2Sha256);
  CHECK(config.iterations == 600'000);
  CHECK(config.hash.size() == 16);
  CHECK(basic(start + ", iterations: '700000', keyLength: 16").iterations == 700'000);
  const std::string few = report_on_basic(start + ", iterations: 1000");
  CHECK(has(few, "warning: httpServer.authentication.basic.iterations: fewer than 600000"));
  CHECK(has(report_on_basic(start + ", iterations: 0"), "error: "));
  CHECK(has(report_on_basic(start + ", keyLength: 256"),
            "error: httpServer.authentication.basic.keyLength: this is 256, and the hash has 128 "
            "bits; write 'keyLength: 128'"));
  CHECK_FALSE(has(report_on_basic(start + ", keyLength: 256"), std::string(32, '1')));
}

TEST_CASE("http server: authentication that protects nothing is refused", "[config]") {
  for (const char* wrong : {"", "~", "yes", "{}", "{basic: }", "{basic: a}", "{plugin: }"}) {
    INFO(wrong);
    CHECK(has(report_on(std::string("  authentication: ") + wrong + "\n"), "f.yml:3:"));
    CHECK(load(std::string("  authentication: ") + wrong + "\n").report.has_errors());
  }
  // A plugin would go before what stands beside it.
  CHECK(
      has(report_on("  authentication: {basic: {username: a, password: b}, plugin: {class: C}}\n"),
          "error: httpServer.authentication.plugin: a Java class"));
}

TEST_CASE("http server: TLS has a key store, and a trust store if clients are asked", "[config]") {
  ::setenv("JMXBRIDGE_TEST_SECRET", "from-outside", 1);
  const HttpServerConfig config = read(
      "  ssl:\n"
      "    keyStore: {filename: key.p12, type: PKCS12, password: '${JMXBRIDGE_TEST_SECRET}'}\n"
      "    certificate: {alias: a}\n"
      "    mutualTLS: ' YES '\n"
      "    trustStore: {filename: trust.p12, password: 5}\n"
      "    protocols: 'TLSv1.3, ,TLSv1.2'\n"
      "    ciphers: [TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384]\n");
  REQUIRE(config.tls);
  CHECK(config.ssl_mark->line == 3);
  CHECK(config.tls->key_store.filename == "key.p12");
  CHECK(config.tls->key_store.type == "PKCS12");
  CHECK(config.tls->key_store.password == "from-outside");
  CHECK(config.tls->alias == "a");
  REQUIRE(config.tls->trust_store);
  CHECK(config.tls->trust_store->password == "5");
  CHECK(config.tls->protocols == std::vector<std::string>{"TLSv1.3", "TLSv1.2"});
  CHECK(config.tls->ciphers ==
        std::vector<std::string>{"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"});

  const HttpServerConfig least =
      read("  ssl: {keyStore: {filename: k, password: p}, trustStore: 5, protocols: [TLSv1.3]}\n");
  CHECK_FALSE(least.tls->alias);
  CHECK_FALSE(least.tls->trust_store);
  CHECK(least.tls->protocols == std::vector<std::string>{"TLSv1.3"});
}

TEST_CASE("http server: what is wrong within TLS is named", "[config]") {
  CHECK(has(report_on("  ssl:\n"), "f.yml:3:3: error: httpServer.ssl: this turns TLS on"));
  CHECK(has(report_on("  ssl: {}\n"), "error: httpServer.ssl.keyStore: this must be a map"));
  CHECK(has(report_on("  ssl: {keyStore: {filename: k}}\n"),
            "error: httpServer.ssl.keyStore.password: this is missing"));
  CHECK(has(report_on_ssl("mutualTLS: true"), "error: httpServer.ssl.trustStore: "));
  CHECK(has(report_on_ssl("mutualTLS: maybe"), "error: httpServer.ssl.mutualTLS: "));
  CHECK(has(report_on_ssl("certificate: {alias: ' '}"), "error: httpServer.ssl.certificate.alias"));
  CHECK(has(report_on_ssl("protocols: [TLSv1.3, SSLv3]"),
            "error: httpServer.ssl.protocols: 'SSLv3' is not known"));
  CHECK(has(report_on_ssl("ciphers: AES128-SHA"),
            "error: httpServer.ssl.ciphers: 'AES128-SHA' is not known"));
}

TEST_CASE("http server: protocols that Java has switched off are left out", "[config]") {
  const std::string warned = report_on_ssl("protocols: [TLSv1, TLSv1.2]");
  CHECK(has(warned, "warning: httpServer.ssl.protocols: TLSv1 is broken and is not spoken"));
  CHECK_FALSE(has(warned, "error: "));
  CHECK(has(report_on_ssl("protocols: TLSv1.1"),
            "error: httpServer.ssl.protocols: none of these is spoken; add TLSv1.3 or TLSv1.2"));
  const LoadedConfig loaded =
      load("  ssl: {keyStore: {filename: k, password: p}, protocols: [TLSv1.1, TLSv1.3]}\n");
  CHECK(loaded.config.http_server->tls->protocols == std::vector<std::string>{"TLSv1.3"});
}

}  // namespace jmxbridge
