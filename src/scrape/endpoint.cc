#include "scrape/endpoint.h"

#include <optional>

#include "config/password_file.h"

namespace jmxbridge {
namespace {

ReadPassword reader_of(const std::optional<PasswordFile>& file) {
  if (!file) return nullptr;
  return [file = *file] { return read_password(file); };
}

std::optional<TlsStore> store_of(const std::optional<StoreConfig>& config) {
  if (!config) return std::nullopt;
  return TlsStore{config->filename, config->type, config->password,
                  reader_of(config->password_file)};
}

std::optional<TlsSettings> tls_of(const CollectorConfig& config) {
  if (!config.ssl) return std::nullopt;
  const SslConfig& ssl = config.ssl_config;
  return TlsSettings{store_of(ssl.key_store), store_of(ssl.trust_store), ssl.protocols, ssl.ciphers,
                     ssl.verify_host_name};
}

bool is_same_store(const std::optional<StoreConfig>& a, const std::optional<StoreConfig>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->filename == b->filename && a->type == b->type && a->password == b->password &&
         a->password_file == b->password_file;
}

/// Wherever in the file it stands.
bool is_same_tls(const CollectorConfig& a, const CollectorConfig& b) {
  if (!a.ssl || !b.ssl) return a.ssl == b.ssl;
  const SslConfig& one = a.ssl_config;
  const SslConfig& other = b.ssl_config;
  return is_same_store(one.key_store, other.key_store) &&
         is_same_store(one.trust_store, other.trust_store) && one.protocols == other.protocols &&
         one.ciphers == other.ciphers && one.verify_host_name == other.verify_host_name;
}

}  // namespace

void lead_to(const CollectorConfig& config, Endpoint& endpoint) {
  endpoint.url = config.jmx_url;
  endpoint.login.reset();
  // One without the other is none (specification 3.2.3).
  if (!config.username.empty() && (config.password_file || !config.password.empty())) {
    endpoint.login = Login{config.username, config.password, reader_of(config.password_file)};
  }
  endpoint.tls = tls_of(config);
}

bool leads_to_same(const CollectorConfig& a, const CollectorConfig& b) {
  return a.jmx_url == b.jmx_url && a.username == b.username && a.password == b.password &&
         a.password_file == b.password_file && is_same_tls(a, b);
}

}  // namespace jmxbridge
