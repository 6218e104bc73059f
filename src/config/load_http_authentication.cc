#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/ascii.h"
#include "config/coerced.h"
#include "config/load_http_server.h"
#include "config/password_file.h"
#include "config/variables.h"

namespace jmxbridge {
namespace {

using Algorithm = HttpBasicConfig::Algorithm;

constexpr std::array<std::string_view, 2> kAuthenticationKeys = {"basic", "plugin"};
constexpr std::array<std::string_view, 8> kBasicKeys = {"username",     "algorithm",    "password",
                                                        "passwordFile", "passwordHash", "salt",
                                                        "iterations",   "keyLength"};
constexpr std::int32_t kKeyLength = 128;

/// What is known of an algorithm (specification 2.7).
struct AlgorithmFacts {
  std::string_view name;
  Algorithm algorithm;
  std::size_t hash_bytes;   ///< of a digest; 0: any length
  std::int32_t iterations;  ///< unless others are given, and the least that is safe; 0: none
};

constexpr std::array<AlgorithmFacts, 6> kHashes = {{
    {"SHA-1", Algorithm::kSha1, 20, 0},
    {"SHA-256", Algorithm::kSha256, 32, 0},
    {"SHA-512", Algorithm::kSha512, 64, 0},
    {"PBKDF2WithHmacSHA1", Algorithm::kPbkdf2Sha1, 0, 1'300'000},
    {"PBKDF2WithHmacSHA256", Algorithm::kPbkdf2Sha256, 0, 600'000},
    {"PBKDF2WithHmacSHA512", Algorithm::kPbkdf2Sha512, 0, 210'000},
}};

bool is_plaintext(std::string_view name) {
  constexpr std::string_view kName = "plaintext";
  if (name.size() != kName.size()) return false;
  for (std::size_t i = 0; i < kName.size(); ++i) {
    if ((name[i] | 0x20) != kName[i]) return false;
  }
  return true;
}

/// A text that must be there and not blank.
std::string needed(const Section& basic, std::string_view key) {
  const std::optional<std::string> text = coerced_text(basic, key);
  if (text && !is_blank(*text)) return *text;
  const YamlNode* node = basic.find(key);
  basic.error(node != nullptr ? node->mark : basic.node().mark, key,
              "this is missing or blank; give it a value");
  return {};
}

std::string needed_with_variable(const Section& basic, std::string_view key) {
  const std::string text = needed(basic, key);
  Result<std::string> resolved = resolve_variable(text);
  if (resolved) return std::move(*resolved);
  basic.error(basic.find(key)->mark, key, resolved.error().text);
  return {};
}

/// The bytes of hexadecimal text, in which colons do not count.
std::optional<std::string> bytes_of(std::string_view text) {
  std::string bytes;
  int high = -1;
  for (const char c : text) {
    if (c == ':') continue;
    const int digit = hex_digit(c);
    if (digit < 0) return std::nullopt;
    if (high < 0) {
      high = digit;
    } else {
      bytes += static_cast<char>(high * 16 + digit);
      high = -1;
    }
  }
  if (high >= 0 || bytes.empty()) return std::nullopt;
  return bytes;
}

void load_hash(const Section& basic, HttpBasicConfig& config) {
  const std::string text = needed(basic, "passwordHash");
  config.salt = needed(basic, "salt");
  if (text.empty()) return;
  std::optional<std::string> bytes = bytes_of(trim(text));
  if (bytes) {
    config.hash = std::move(*bytes);
  } else {
    basic.error(basic.find("passwordHash")->mark, "passwordHash",
                "this is no hash in hexadecimal; write two digits for each byte");
  }
}

void check_digest(const Section& basic, const AlgorithmFacts& facts,
                  const HttpBasicConfig& config) {
  if (config.hash.empty() || config.hash.size() == facts.hash_bytes) return;
  basic.warning(basic.find("passwordHash")->mark, "passwordHash",
                fmt::format("this has {} bytes and {} makes {}, so no password can be right; make "
                            "the hash again",
                            config.hash.size(), facts.name, facts.hash_bytes));
}

void load_derivation(const Section& basic, const AlgorithmFacts& facts, HttpBasicConfig& config) {
  config.iterations =
      coerced_integer(basic, "iterations", 1, kLargestInteger).value_or(facts.iterations);
  if (config.iterations < facts.iterations) {
    basic.warning(basic.find("iterations")->mark, "iterations",
                  fmt::format("fewer than {} are easy to try out for who has the hash; make the "
                              "hash again with more",
                              facts.iterations));
  }
  const std::int32_t length =
      coerced_integer(basic, "keyLength", 1, kLargestInteger).value_or(kKeyLength);
  const auto bytes = static_cast<std::int64_t>(config.hash.size());
  if (bytes == 0 || length == bytes || length == 8 * bytes) return;
  const YamlNode* given = basic.find("keyLength");
  basic.error(given != nullptr ? given->mark : basic.find("passwordHash")->mark, "keyLength",
              fmt::format("this is {}, and the hash has {} bits; write 'keyLength: {}'", length,
                          8 * bytes, 8 * bytes));
}

void load_basic(const Section& basic, HttpServerConfig& config) {
  basic.expect_keys(kBasicKeys);
  HttpBasicConfig read;
  read.mark = basic.node().mark;
  read.username = needed_with_variable(basic, "username");
  const std::string name = coerced_text(basic, "algorithm").value_or("plaintext");
  if (is_plaintext(name)) {
    read.password_file = load_password_file(basic);
    if (!read.password_file) read.password = needed_with_variable(basic, "password");
    config.basic = std::move(read);
    return;
  }
  for (const AlgorithmFacts& facts : kHashes) {
    if (facts.name != name) continue;
    read.algorithm = facts.algorithm;
    load_hash(basic, read);
    if (facts.iterations > 0) {
      load_derivation(basic, facts, read);
    } else {
      check_digest(basic, facts, read);
    }
    config.basic = std::move(read);
    return;
  }
  basic.wrong("algorithm", *basic.find("algorithm"),
              "plaintext, SHA-1, SHA-256, SHA-512, PBKDF2WithHmacSHA1, PBKDF2WithHmacSHA256 or "
              "PBKDF2WithHmacSHA512, exactly so");
}

}  // namespace

void load_http_authentication(const Section& server, HttpServerConfig& config) {
  constexpr std::string_view kKey = "authentication";
  const YamlNode& node = *server.find(kKey);
  config.authentication_mark = server.key_mark(kKey);
  if (node.type != YamlType::kMapping) {
    server.error(*config.authentication_mark, kKey,
                 "this protects nothing; write 'basic:' with username and password below it, or "
                 "remove it");
    return;
  }
  const Section section(node, server.path_of(kKey), server.report());
  section.expect_keys(kAuthenticationKeys);
  if (const YamlNode* plugin = section.find("plugin");
      plugin != nullptr && plugin->type != YamlType::kNull) {
    section.error(
        section.key_mark("plugin"), "plugin",
        "a Java class cannot decide here who is let in; use 'basic', or a proxy in front");
    return;
  }
  const YamlNode* basic = section.find("basic");
  if (basic == nullptr || basic->type != YamlType::kMapping) {
    section.error(basic != nullptr ? basic->mark : *config.authentication_mark, "basic",
                  "this must be a map with username and password");
    return;
  }
  load_basic(Section(*basic, section.path_of("basic"), server.report()), config);
}

}  // namespace jmxbridge
