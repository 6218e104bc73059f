#include "commands/access_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "base/text_file.h"
#include "base/wiped_text.h"
#include "config/load_web_config.h"
#include "net/tls_names.h"

namespace jmxbridge {
namespace {

/// Larger than any chain of certificates.
constexpr std::size_t kLargestPem = 1024 * 1024;
/// The peer's answer to TLS (specification 10.6).
constexpr std::string_view kStrictTransport = "Strict-Transport-Security: max-age=31536000\r\n";
/// TLS 1.3 has suites of its own, which a web configuration does not choose among.
constexpr std::array<const char*, 3> kModernCiphers = {
    "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"};

void judge_validity(const TlsServer& server, std::string_view whose, AccessParts& parts) {
  const std::int64_t end =
      std::chrono::duration_cast<std::chrono::seconds>(server.expires().time_since_epoch()).count();
  if (server.is_not_valid_yet()) {
    parts.warnings.push_back(fmt::format(
        "The certificate of {} is not valid yet, so clients will refuse it; check the clock",
        whose));
  } else if (server.expires() < std::chrono::system_clock::now()) {
    parts.expired = fmt::format(
        "The certificate of {} has expired (at {} s since 1970), so clients will "
        "refuse it; renew it",
        whose, end);
    parts.warnings.push_back(parts.expired);
  }
}

/// The password of a part of httpServer as it is now; its file is watched.
Result<std::string> password_of(const std::string& given, const std::optional<PasswordFile>& file,
                                std::string_view place, AccessParts& parts) {
  if (!file) return given;
  if (Result<std::string> path = path_of(*file)) parts.files.emplace_back(std::move(*path));
  Result<std::string> password = read_password(*file);
  if (password) return password;
  return fail(fmt::format("{}.passwordFile: {}", place, password.error().text));
}

Result<ServerStores::Store> store_of(const HttpStoreConfig& config, std::string_view place,
                                     AccessParts& parts) {
  parts.files.emplace_back(config.filename);
  Result<std::string> password = password_of(config.password, config.password_file, place, parts);
  if (!password) return fail(std::move(password.error()));
  return ServerStores::Store{config.filename, config.type, std::move(*password)};
}

Result<std::shared_ptr<Authenticator>> users_of(const HttpBasicConfig& config,
                                                const std::shared_ptr<PasswordWork>& work,
                                                AccessParts& parts) {
  HttpBasicConfig basic = config;
  Result<std::string> password =
      password_of(config.password, config.password_file, "httpServer.authentication.basic", parts);
  if (!password) return fail(std::move(password.error()));
  basic.password = std::move(*password);
  return std::make_shared<Authenticator>(std::vector{stored_password(basic)}, work);
}

Result<std::shared_ptr<TlsServer>> tls_of(const HttpTlsConfig& config, const ReadServerKeys& read,
                                          AccessParts& parts) {
  Result<ServerStores::Store> key_store =
      store_of(config.key_store, "httpServer.ssl.keyStore", parts);
  if (!key_store) return fail(std::move(key_store.error()));
  ServerStores stores{std::move(*key_store), config.alias, std::nullopt};
  if (config.trust_store) {
    Result<ServerStores::Store> trusted =
        store_of(*config.trust_store, "httpServer.ssl.trustStore", parts);
    if (!trusted) return fail(std::move(trusted.error()));
    stores.trusted = std::move(*trusted);
  }
  const Result<ServerKeys> keys = read(stores);
  if (!keys) return fail(keys.error());
  if (config.alias && *config.alias != keys->alias) {
    parts.warnings.push_back(fmt::format(
        "httpServer.ssl.certificate.alias: the key store has no key '{}', so that of '{}' is "
        "shown; correct the alias, or remove it",
        printable(*config.alias, 80), printable(keys->alias, 80)));
  }
  TlsServerSettings settings;
  settings.certificates = keys->certificates;
  settings.key = *keys->key;
  settings.authorities = keys->authorities;
  if (config.trust_store) settings.clients = TlsServerSettings::Clients::kVerified;
  settings.protocols = config.protocols;
  settings.ciphers = config.ciphers;
  Result<std::shared_ptr<TlsServer>> server = TlsServer::make(settings);
  if (!server) return fail("httpServer.ssl: " + server.error().text);
  judge_validity(**server, "httpServer.ssl.keyStore", parts);
  return server;
}

/// What is wrong with the file of a PEM source; nothing if it can be PEM.
std::string fault_of(const Result<std::string>& text) {
  if (!text) return text.error().text;
  if (text->empty()) return "the file is empty; name one in PEM form";
  if (text->size() > kLargestPem) return "the file is too large; name one in PEM form";
  return {};
}

/// The text of a PEM source, or an error in the report.
std::shared_ptr<const std::string> text_of(const PemSource& source, std::string_view key,
                                           Report& report, AccessParts& parts) {
  if (source.file.empty()) return wiped_text(source.text);
  parts.files.emplace_back(source.file);
  Result<std::string> text = read_text_file(source.file, kLargestPem);
  const std::string fault = fault_of(text);
  if (fault.empty()) return wiped_text(std::move(*text));
  report.error(source.mark, fmt::format("tls_server_config.{}", key),
               fmt::format("{}: {}", printable(source.file), fault));
  return wiped_text({});
}

TlsServerSettings::Clients clients_of(WebTlsConfig::ClientAuth auth) {
  using Clients = TlsServerSettings::Clients;
  switch (auth) {
    case WebTlsConfig::ClientAuth::kNone:
      break;
    case WebTlsConfig::ClientAuth::kRequest:
      return Clients::kAsked;
    case WebTlsConfig::ClientAuth::kRequireAny:
      return Clients::kAnyRequired;
    case WebTlsConfig::ClientAuth::kVerifyIfGiven:
      return Clients::kVerifiedIfShown;
    case WebTlsConfig::ClientAuth::kRequireAndVerify:
      return Clients::kVerified;
  }
  return Clients::kNotAsked;
}

/// Null, with an error in the report, if it cannot be made.
std::shared_ptr<TlsServer> tls_of(const WebTlsConfig& config, Report& report, AccessParts& parts) {
  const auto certificates = text_of(config.certificate, "cert_file", report, parts);
  const auto key = text_of(config.key, "key_file", report, parts);
  const bool verifies = config.client_authorities.given();
  const auto authorities = verifies
                               ? text_of(config.client_authorities, "client_ca_file", report, parts)
                               : wiped_text({});
  if (report.has_errors()) return nullptr;
  TlsServerSettings settings;
  settings.certificates = *certificates;
  settings.key = *key;
  settings.clients = clients_of(config.client_auth);
  settings.limits_names = config.client_names.has_value();
  if (config.client_names) settings.names = *config.client_names;
  settings.protocols = config.protocols;
  settings.ciphers = config.ciphers;
  if (!config.ciphers.empty()) {
    settings.ciphers.insert(settings.ciphers.end(), kModernCiphers.begin(), kModernCiphers.end());
  }
  settings.groups = config.groups;
  settings.prefers_own_order = config.prefers_own_order;
  settings.authorities = *authorities;
  Result<std::shared_ptr<TlsServer>> server = TlsServer::make(settings);
  if (!server) {
    report.error(config.mark, "tls_server_config", server.error().text);
    return nullptr;
  }
  judge_validity(**server, "tls_server_config", parts);
  return *server;
}

/// Those that are set take the place of the usual ones of their name.
std::string header_lines(const std::vector<std::pair<std::string, std::string>>& headers) {
  std::string lines;
  std::string_view usual = kSecurityHeaders;
  while (!usual.empty()) {
    const std::size_t end = usual.find("\r\n") + 2;
    const std::string_view name = usual.substr(0, usual.find(':'));
    const bool replaced = std::any_of(headers.begin(), headers.end(),
                                      [&](const auto& header) { return header.first == name; });
    if (!replaced) lines += usual.substr(0, end);
    usual.remove_prefix(end);
  }
  for (const auto& [name, value] : headers) lines += fmt::format("{}: {}\r\n", name, value);
  return lines;
}

Access access_of(const WebConfig& config, Report& report, AccessParts& parts,
                 const std::shared_ptr<PasswordWork>& work) {
  Access access;
  if (config.tls && !report.has_errors()) access.tls = tls_of(*config.tls, report, parts);
  std::vector<StoredPassword> users;
  users.reserve(config.users.size());
  for (const WebUser& user : config.users) {
    users.push_back({user.name, StoredPassword::Form::kBcrypt, user.hash, "", 0});
  }
  if (!users.empty()) access.users = std::make_shared<Authenticator>(std::move(users), work);
  access.challenge = "WWW-Authenticate: Basic\r\n";
  access.refusal = "Unauthorized\n";
  access.challenges_other_schemes = true;
  access.headers = header_lines(config.headers);
  if (config.rate_limit) {
    access.rate = std::make_shared<RateLimit>(
        std::chrono::duration_cast<RateLimit::Clock::duration>(config.rate_limit->interval),
        config.rate_limit->burst);
  }
  parts.rate = config.rate_limit;
  return access;
}

/// The parts and the report of one reading.
Report read_web_config(const std::string& path, AccessParts& parts,
                       const std::shared_ptr<PasswordWork>& work) {
  parts.files.emplace_back(path);
  LoadedWebConfig loaded = load_web_config_file(path);
  parts.is_empty = loaded.is_empty;
  Access access = access_of(loaded.config, loaded.report, parts, work);
  parts.access = std::move(access);
  return std::move(loaded.report);
}

}  // namespace

AccessParts access_of(const std::optional<HttpServerConfig>& server, const ReadServerKeys& read,
                      const std::shared_ptr<PasswordWork>& work) {
  AccessParts parts;
  if (!server) return parts;
  Access access;
  if (server->basic) {
    Result<std::shared_ptr<Authenticator>> users = users_of(*server->basic, work, parts);
    if (!users) {
      parts.access = fail(std::move(users.error()));
      return parts;
    }
    access.users = *std::move(users);
  }
  if (server->tls) {
    Result<std::shared_ptr<TlsServer>> tls = tls_of(*server->tls, read, parts);
    if (!tls) {
      parts.access = fail(std::move(tls.error()));
      return parts;
    }
    access.tls = *std::move(tls);
    access.headers += kStrictTransport;
  }
  parts.access = std::move(access);
  return parts;
}

AccessParts access_of_web_config(const std::string& path,
                                 const std::shared_ptr<PasswordWork>& work) {
  AccessParts parts;
  const Report report = read_web_config(path, parts, work);
  for (std::string& line : report.lines(Severity::kWarning)) {
    parts.warnings.push_back(std::move(line));
  }
  if (report.has_errors()) {
    parts.access = fail(fmt::format("{}", fmt::join(report.lines(Severity::kError), "\n")));
  }
  return parts;
}

Report check_web_config(const std::string& path) {
  AccessParts parts;
  Report report = read_web_config(path, parts, nullptr);
  for (const std::string& warning : parts.warnings) report.warning({}, "", warning);
  return report;
}

Result<void> only_one_access(const std::optional<HttpServerConfig>& server,
                             const std::string& web_config) {
  const bool both =
      !web_config.empty() && server && (server->authentication_mark || server->ssl_mark);
  if (!both) return {};
  return fail(
      "--web.config.file and the configuration's httpServer both say how clients are let in; keep "
      "one: start without the flag, or remove httpServer.authentication and httpServer.ssl");
}

}  // namespace jmxbridge
