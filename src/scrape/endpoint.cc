#include "scrape/endpoint.h"

#include <optional>

#include "config/password_file.h"

namespace jmxbridge {
namespace {

std::optional<TlsStore> store_of(const std::optional<StoreConfig>& config) {
  if (!config) return std::nullopt;
  return TlsStore{config->filename, config->type, config->password};
}

std::optional<TlsSettings> tls_of(const CollectorConfig& config) {
  if (!config.ssl) return std::nullopt;
  const SslConfig& ssl = config.ssl_config;
  return TlsSettings{store_of(ssl.key_store), store_of(ssl.trust_store), ssl.protocols,
                     ssl.ciphers};
}

}  // namespace

void lead_to(const CollectorConfig& config, Endpoint& endpoint) {
  endpoint.url = config.jmx_url;
  endpoint.login.reset();
  // One without the other is none (specification 3.2.3).
  if (!config.username.empty() && config.password_file) {
    endpoint.login = Login{config.username, "", [file = *config.password_file] {
                             return read_password_file(file.name, file.config_file);
                           }};
  } else if (!config.username.empty() && !config.password.empty()) {
    endpoint.login = Login{config.username, config.password};
  }
  endpoint.tls = tls_of(config);
}

bool leads_to_same(const CollectorConfig& a, const CollectorConfig& b) {
  return a.jmx_url == b.jmx_url && a.username == b.username && a.password == b.password &&
         a.password_file == b.password_file && tls_of(a) == tls_of(b);
}

}  // namespace jmxbridge
