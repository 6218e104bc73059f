#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/log.h"
#include "config/coerced.h"
#include "config/load_http_server.h"
#include "config/password_file.h"
#include "config/variables.h"

namespace jmxbridge {
namespace {

constexpr std::array<std::string_view, 6> kTlsKeys = {"keyStore",   "certificate", "mutualTLS",
                                                      "trustStore", "protocols",   "ciphers"};
constexpr std::array<std::string_view, 4> kOwnStoreKeys = {"filename", "type", "password",
                                                           "passwordFile"};
constexpr std::array<std::string_view, 1> kCertificateKeys = {"alias"};
constexpr std::string_view kProtocolsKey = "protocols";
constexpr std::array<std::string_view, 4> kProtocols = {"TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1"};

std::string store_text(const Section& store, std::string_view key) {
  const std::optional<std::string> text = coerced_text(store, key);
  if (text && !is_blank(*text)) return *text;
  store.error(store.node().mark, key,
              "this is missing or blank; give the store's file and password");
  return {};
}

HttpStoreConfig load_store(const Section& tls, std::string_view key, std::string_view why) {
  HttpStoreConfig config;
  const YamlNode* node = tls.find(key);
  if (node == nullptr || node->type != YamlType::kMapping) {
    tls.error(node != nullptr ? node->mark : tls.node().mark, key,
              fmt::format("this must be a map with filename and password, {}", why));
    return config;
  }
  const Section store(*node, tls.path_of(key), tls.report());
  store.expect_keys(kOwnStoreKeys);
  config.mark = node->mark;
  config.filename = store_text(store, "filename");
  config.type = coerced_text(store, "type");
  config.password_file = load_password_file(store);
  if (config.password_file) return config;
  const std::string password = store_text(store, "password");
  Result<std::string> resolved = resolve_variable(password);
  if (resolved) {
    config.password = std::move(*resolved);
  } else {
    store.error(store.find("password")->mark, "password", resolved.error().text);
  }
  return config;
}

/// Names in a list, or in one text with commas.
std::vector<std::string> load_names(const Section& tls, std::string_view key) {
  std::vector<std::string> names;
  const YamlNode* node = tls.find(key);
  if (node == nullptr || node->type == YamlType::kNull) return names;
  std::string joined;
  if (node->type == YamlType::kSequence) {
    for (const YamlNode* item : node->items) joined += java_text(*item) + ",";
  } else {
    joined = java_text(*node);
  }
  std::string_view rest = joined;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    if (const std::string_view name = trim(rest.substr(0, comma)); !name.empty()) {
      names.emplace_back(name);
    }
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return names;
}

bool is_protocol(const std::string& name) {
  return std::find(kProtocols.begin(), kProtocols.end(), name) != kProtocols.end();
}

bool looks_like_cipher(std::string_view name) {
  if (name.substr(0, 4) != "TLS_" && name.substr(0, 4) != "SSL_") return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// An unknown name restricts nothing in the peer; here it is refused (verdict Q33).
template <class Known>
std::vector<std::string> load_known_names(const Section& tls, std::string_view key, Known is_known,
                                          std::string_view wanted) {
  std::vector<std::string> names = load_names(tls, key);
  std::erase_if(names, [&](const std::string& name) {
    if (is_known(name)) return false;
    tls.error(tls.find(key)->mark, key,
              fmt::format("'{}' is not known; write {}", printable(name, 80), wanted));
    return true;
  });
  return names;
}

/// Java has the oldest protocols switched off whatever is asked of it.
std::vector<std::string> load_protocols(const Section& tls) {
  std::vector<std::string> names =
      load_known_names(tls, kProtocolsKey, is_protocol, "TLSv1.3 or TLSv1.2, or both with a comma");
  const bool is_limited = !names.empty();
  std::erase_if(names, [&tls](const std::string& name) {
    if (name != "TLSv1.1" && name != "TLSv1") return false;
    tls.warning(tls.find(kProtocolsKey)->mark, kProtocolsKey,
                fmt::format("{} is broken and is not spoken; remove it", name));
    return true;
  });
  if (is_limited && names.empty()) {
    tls.error(tls.find(kProtocolsKey)->mark, kProtocolsKey,
              "none of these is spoken; add TLSv1.3 or TLSv1.2");
  }
  return names;
}

std::optional<std::string> load_alias(const Section& tls) {
  const YamlNode* node = tls.find("certificate");
  if (node == nullptr || node->type != YamlType::kMapping) return std::nullopt;
  const Section certificate(*node, tls.path_of("certificate"), tls.report());
  certificate.expect_keys(kCertificateKeys);
  std::optional<std::string> alias = coerced_text(certificate, "alias");
  if (alias && is_blank(*alias)) {
    certificate.wrong("alias", *certificate.find("alias"), "the name of an entry of the key store");
  }
  return alias;
}

}  // namespace

void load_http_tls(const Section& server, HttpServerConfig& config) {
  constexpr std::string_view kKey = "ssl";
  const YamlNode& node = *server.find(kKey);
  config.ssl_mark = server.key_mark(kKey);
  if (node.type != YamlType::kMapping) {
    server.error(*config.ssl_mark, kKey,
                 "this turns TLS on, which needs a key store; write 'keyStore:' with filename and "
                 "password below it, or remove it");
    return;
  }
  const Section tls(node, server.path_of(kKey), server.report());
  tls.expect_keys(kTlsKeys);
  HttpTlsConfig read;
  read.mark = node.mark;
  read.key_store = load_store(tls, "keyStore", "for the daemon's certificate");
  read.alias = load_alias(tls);
  if (coerced_boolean(tls, "mutualTLS").value_or(false)) {
    read.trust_store = load_store(tls, "trustStore", "as mutualTLS asks clients for certificates");
  }
  read.protocols = load_protocols(tls);
  read.ciphers =
      load_known_names(tls, "ciphers", looks_like_cipher, "a name such as TLS_AES_128_GCM_SHA256");
  config.tls = std::move(read);
}

}  // namespace jmxbridge
