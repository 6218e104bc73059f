#include "config/load_web_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/log.h"
#include "config/load.h"
#include "config/nearest_key.h"
#include "config/section.h"
#include "config/web_duration.h"
#include "config/yaml_reader.h"

namespace jmxbridge {
namespace {

using ClientAuth = WebTlsConfig::ClientAuth;

constexpr std::array<std::string_view, 4> kWebKeys = {"tls_server_config", "http_server_config",
                                                      "basic_auth_users", "rate_limit"};
constexpr std::array<std::string_view, 13> kServerTlsKeys = {"cert",
                                                             "key",
                                                             "client_ca",
                                                             "cert_file",
                                                             "key_file",
                                                             "client_ca_file",
                                                             "client_auth_type",
                                                             "client_allowed_sans",
                                                             "min_version",
                                                             "max_version",
                                                             "cipher_suites",
                                                             "prefer_server_cipher_suites",
                                                             "curve_preferences"};
constexpr std::array<std::string_view, 2> kHttpKeys = {"http2", "headers"};
constexpr std::array<std::string_view, 2> kRateKeys = {"interval", "burst"};
/// Costs beyond take minutes a check.
constexpr int kHighestCost = 20;

/// A name of the file and what it stands for.
template <class Meaning>
struct Named {
  std::string_view name;
  Meaning meaning;
};

constexpr std::array<Named<ClientAuth>, 7> kClientAuth = {{
    {"", ClientAuth::kNone},
    {"NoClientCert", ClientAuth::kNone},
    {"RequestClientCert", ClientAuth::kRequest},
    {"RequireAnyClientCert", ClientAuth::kRequireAny},
    {"RequireClientCert", ClientAuth::kRequireAny},
    {"VerifyClientCertIfGiven", ClientAuth::kVerifyIfGiven},
    {"RequireAndVerifyClientCert", ClientAuth::kRequireAndVerify},
}};
constexpr std::array<Named<std::string_view>, 4> kVersions = {{
    {"TLS10", "TLSv1"},
    {"TLS11", "TLSv1.1"},
    {"TLS12", "TLSv1.2"},
    {"TLS13", "TLSv1.3"},
}};
constexpr std::array<Named<std::string_view>, 4> kCurves = {{
    {"CurveP256", "P-256"},
    {"CurveP384", "P-384"},
    {"CurveP521", "P-521"},
    {"X25519", "X25519"},
}};
/// Those that Go does not call insecure, and those that it did not until its version 1.22. Of TLS
/// 1.3 all are always on.
constexpr std::array<std::string_view, 17> kCiphers = {
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_RSA_WITH_AES_128_CBC_SHA",
    "TLS_RSA_WITH_AES_256_CBC_SHA",
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_256_GCM_SHA384",
};
/// What may be set, and to what; nothing: to anything.
struct Header {
  std::string_view name;
  std::array<std::string_view, 2> values;
};
constexpr std::array<Header, 5> kHeaders = {{
    {"Strict-Transport-Security", {}},
    {"X-Content-Type-Options", {"nosniff"}},
    {"X-Frame-Options", {"deny", "sameorigin"}},
    {"X-XSS-Protection", {}},
    {"Content-Security-Policy", {}},
}};

bool is_absent(const YamlNode* node) { return node == nullptr || node->type == YamlType::kNull; }

/// A mistyped key must not leave open what it was meant to close.
void refuse_other_keys(const Section& section, std::span<const std::string_view> known) {
  for (const YamlNode::Entry& entry : section.node().entries) {
    const std::string key = java_text(*entry.key).substr(0, 80);
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const std::string_view nearest = nearest_key(key, known);
    section.error(entry.key->mark, key,
                  nearest.empty()
                      ? std::string("this key is not known here; remove it")
                      : fmt::format("this key is not known here; did you mean '{}'?", nearest));
  }
}

/// The section of that key; nothing if it is absent or null, and an error if it is no map.
std::optional<Section> open(const Section& parent, std::string_view key) {
  const YamlNode* node = parent.find(key);
  if (is_absent(node)) return std::nullopt;
  if (node->type != YamlType::kMapping) {
    parent.wrong(key, *node, "a map", Show::kKindOnly);
    return std::nullopt;
  }
  return Section(*node, parent.path_of(key), parent.report());
}

/// A scalar as it stands in the file; empty if there is none.
std::string scalar(const Section& section, std::string_view key, Show show = Show::kValue) {
  const YamlNode* node = section.find(key);
  if (is_absent(node)) return {};
  if (node->is_scalar() && node->type != YamlType::kBinary) return node->written();
  section.wrong(key, *node, "a text", show);
  return {};
}

/// With nothing behind it a key is as if it were not there.
std::optional<bool> flag(const Section& section, std::string_view key) {
  if (is_absent(section.find(key))) return std::nullopt;
  return section.boolean(key);
}

std::optional<std::vector<std::string>> list(const Section& section, std::string_view key) {
  const YamlNode* node = section.find(key);
  if (is_absent(node)) return std::nullopt;
  if (node->type != YamlType::kSequence) {
    section.wrong(key, *node, "a list of texts");
    return std::nullopt;
  }
  std::vector<std::string> texts;
  for (const YamlNode* item : node->items) {
    if (item->is_scalar() && !is_absent(item)) {
      texts.push_back(item->written());
    } else {
      section.wrong(key, *item, "a text");
    }
  }
  return texts;
}

template <class Meaning, std::size_t kCount>
std::string names_of(const std::array<Named<Meaning>, kCount>& all) {
  std::string names;
  for (const Named<Meaning>& each : all) {
    if (!each.name.empty()) names += fmt::format("{}{}", names.empty() ? "" : ", ", each.name);
  }
  return names;
}

template <class Meaning, std::size_t kCount>
const Meaning* meaning_of(const Section& section, std::string_view key, const std::string& name,
                          const std::array<Named<Meaning>, kCount>& all) {
  for (const Named<Meaning>& each : all) {
    if (each.name == name) return &each.meaning;
  }
  section.error(
      section.find(key)->mark, key,
      fmt::format("'{}' is not known; write one of {}", printable(name, 80), names_of(all)));
  return nullptr;
}

std::string in_folder(const std::string& folder, const std::string& file) {
  if (file.empty() || file.front() == '/' || folder.empty()) return file;
  return folder + "/" + file;
}

PemSource load_pem(const Section& tls, std::string_view text_key, std::string_view file_key,
                   const std::string& folder) {
  PemSource source;
  source.text = scalar(tls, text_key, Show::kKindOnly);
  source.file = in_folder(folder, scalar(tls, file_key));
  source.mark = tls.key_mark(source.file.empty() ? text_key : file_key);
  if (!source.text.empty() && !source.file.empty()) {
    tls.warning(source.mark, file_key,
                fmt::format("'{}' is given as well and is not looked at; keep one", text_key));
  }
  return source;
}

void load_versions(const Section& tls, WebTlsConfig& config) {
  std::string_view lowest = "TLSv1.2";
  std::string_view highest = "TLSv1.3";
  for (const auto& [key, version] :
       {std::pair(std::string_view("min_version"), &lowest), {"max_version", &highest}}) {
    const std::string name = scalar(tls, key);
    if (name.empty()) continue;
    if (const std::string_view* known = meaning_of(tls, key, name, kVersions)) *version = *known;
  }
  for (const Named<std::string_view>& each : kVersions) {
    if (each.meaning >= lowest && each.meaning <= highest) {
      config.protocols.emplace_back(each.meaning);
    }
  }
  if (config.protocols.empty()) {
    tls.error(tls.key_mark("max_version"), "max_version",
              "this is older than min_version; raise it, or lower the other");
  }
}

void load_suites(const Section& tls, WebTlsConfig& config) {
  for (std::string& name : list(tls, "cipher_suites").value_or(std::vector<std::string>())) {
    if (std::find(kCiphers.begin(), kCiphers.end(), name) == kCiphers.end()) {
      tls.error(tls.find("cipher_suites")->mark, "cipher_suites",
                fmt::format("'{}' is not known; write a name such as {}", printable(name, 80),
                            kCiphers[7]));
    }
    config.ciphers.push_back(std::move(name));
  }
  for (const std::string& name :
       list(tls, "curve_preferences").value_or(std::vector<std::string>())) {
    const std::string_view* curve = meaning_of(tls, "curve_preferences", name, kCurves);
    if (curve != nullptr) config.groups.emplace_back(*curve);
  }
  config.prefers_own_order = flag(tls, "prefer_server_cipher_suites").value_or(true);
}

void load_clients(const Section& tls, WebTlsConfig& config) {
  constexpr std::string_view kNames = "client_allowed_sans";
  const std::string policy = scalar(tls, "client_auth_type");
  if (!policy.empty()) {
    const ClientAuth* known = meaning_of(tls, "client_auth_type", policy, kClientAuth);
    if (known == nullptr) return;
    config.client_auth = *known;
  }
  if (config.client_authorities.given() && config.client_auth == ClientAuth::kNone) {
    tls.error(config.client_authorities.mark, "client_ca_file",
              "no client is asked for a certificate; add 'client_auth_type: "
              "RequireAndVerifyClientCert', or remove this");
  }
  config.client_names = list(tls, kNames);
  if (!config.client_names) return;
  if (config.client_names->empty()) {
    tls.error(tls.key_mark(kNames), kNames,
              "this is empty, so that nobody is let in; list names, or remove it");
  }
  if (config.client_auth != ClientAuth::kRequireAny &&
      config.client_auth != ClientAuth::kRequireAndVerify) {
    tls.error(tls.key_mark(kNames), kNames,
              "clients need not show a certificate; add 'client_auth_type: "
              "RequireAndVerifyClientCert'");
  }
}

void need(const Section& tls, const PemSource& source, std::string_view text_key,
          std::string_view file_key) {
  if (source.given()) return;
  tls.error(tls.node().mark, file_key,
            fmt::format("TLS needs one of {} and {}; add it", text_key, file_key));
}

void load_tls(const Section& top, const std::string& folder, WebConfig& config) {
  const std::optional<Section> tls = open(top, "tls_server_config");
  if (!tls) return;
  refuse_other_keys(*tls, kServerTlsKeys);
  WebTlsConfig read;
  read.mark = tls->node().mark;
  read.certificate = load_pem(*tls, "cert", "cert_file", folder);
  read.key = load_pem(*tls, "key", "key_file", folder);
  read.client_authorities = load_pem(*tls, "client_ca", "client_ca_file", folder);
  load_versions(*tls, read);
  load_suites(*tls, read);
  load_clients(*tls, read);
  const bool on = read.certificate.given() || read.key.given() || read.client_authorities.given() ||
                  !scalar(*tls, "client_auth_type").empty();
  if (!on) {
    if (!tls->node().entries.empty()) {
      tls->warning(top.key_mark("tls_server_config"), "",
                   "there is no certificate, so connections are not encrypted; add cert_file and "
                   "key_file");
    }
    return;
  }
  need(*tls, read.certificate, "cert", "cert_file");
  need(*tls, read.key, "key", "key_file");
  config.tls = std::move(read);
}

bool fits_header(std::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](unsigned char c) { return c == '\t' || (c >= ' ' && c != 0x7F); });
}

void load_header(const Section& headers, const YamlNode::Entry& entry, WebConfig& config) {
  const std::string name = java_text(*entry.key);
  const auto* known = std::find_if(kHeaders.begin(), kHeaders.end(),
                                   [&](const Header& each) { return each.name == name; });
  if (known == kHeaders.end()) {
    std::string names;
    for (const Header& each : kHeaders) {
      names += fmt::format("{}{}", names.empty() ? "" : ", ", each.name);
    }
    headers.error(entry.key->mark, name,
                  fmt::format("this header cannot be set; there are {}", names));
    return;
  }
  const std::string value = scalar(headers, name);
  const bool limited = !known->values[0].empty();
  const bool listed = !value.empty() && std::find(known->values.begin(), known->values.end(),
                                                  value) != known->values.end();
  if (limited && !listed) {
    headers.error(entry.value->mark, name,
                  fmt::format("'{}' is not taken; write {}", printable(value, 80),
                              known->values[1].empty()
                                  ? std::string(known->values[0])
                                  : fmt::format("{} or {}", known->values[0], known->values[1])));
  } else if (!fits_header(value)) {
    headers.error(entry.value->mark, name,
                  "this holds a line end or another control character; write it on one line");
  } else if (!value.empty()) {
    config.headers.emplace_back(name, value);
  }
}

void load_http(const Section& top, WebConfig& config) {
  const std::optional<Section> http = open(top, "http_server_config");
  if (!http) return;
  refuse_other_keys(*http, kHttpKeys);
  if (flag(*http, "http2").value_or(false)) {
    http->report().note(http->key_mark("http2"), http->path_of("http2"),
                        "this has no effect: the daemon speaks HTTP/1.1, which every client of "
                        "metrics does");
  }
  const std::optional<Section> headers = open(*http, "headers");
  if (!headers) return;
  for (const YamlNode::Entry& entry : headers->node().entries) {
    load_header(*headers, entry, config);
  }
}

/// What is wrong with a text that should be bcrypt's; empty: nothing.
std::string bcrypt_fault(std::string_view hash) {
  constexpr std::size_t kSize = 60;
  constexpr std::string_view kAdvice = "make it with 'htpasswd -nBC 10 NAME'";
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_of_bcrypt = [&](char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '/';
  };
  const bool formed = hash.size() == kSize && hash.starts_with("$2") &&
                      (hash[2] == 'a' || hash[2] == 'b' || hash[2] == 'y') && hash[3] == '$' &&
                      is_digit(hash[4]) && is_digit(hash[5]) && hash[6] == '$' &&
                      std::all_of(hash.begin() + 7, hash.end(), is_of_bcrypt);
  if (!formed) return fmt::format("this is no hash of bcrypt; {}", kAdvice);
  const int cost = (hash[4] - '0') * 10 + (hash[5] - '0');
  if (cost < 4 || cost > kHighestCost) {
    return fmt::format("its cost is {}, and from 4 to {} are taken; {}", cost, kHighestCost,
                       kAdvice);
  }
  return {};
}

void load_users(const Section& top, WebConfig& config) {
  const std::optional<Section> users = open(top, "basic_auth_users");
  if (!users) return;
  for (const YamlNode::Entry& entry : users->node().entries) {
    const YamlNode& value = *entry.value;
    WebUser user;
    user.name = entry.key->is_scalar() ? entry.key->written() : java_text(*entry.key);
    if (value.is_scalar() && !is_absent(&value)) user.hash = value.written();
    const std::string fault = bcrypt_fault(user.hash);
    if (!fault.empty()) users->error(value.mark, user.name, fault);
    if (user.name.find(':') != std::string::npos) {
      users->warning(entry.key->mark, user.name,
                     "no client can send a name with a colon; choose another");
    }
    config.users.push_back(std::move(user));
  }
}

void load_rate_limit(const Section& top, WebConfig& config) {
  const std::optional<Section> rate = open(top, "rate_limit");
  if (!rate) return;
  refuse_other_keys(*rate, kRateKeys);
  const YamlNode* given = rate->find("interval");
  const std::string text = scalar(*rate, "interval");
  const std::optional<std::chrono::nanoseconds> interval =
      text.empty() ? std::chrono::nanoseconds(0) : read_go_duration(text);
  if (!interval) {
    rate->wrong("interval", *given, "a time with a unit, as 1s or 250ms, a day at most");
    return;
  }
  if (interval->count() == 0) return;
  const YamlNode* burst = rate->find("burst");
  WebRateLimit limit;
  limit.interval = *interval;
  if (is_absent(burst)) {
    rate->error(rate->node().mark, "burst",
                "without it no request is answered; add 'burst: 20', or what fits");
    return;
  }
  limit.burst = rate->integer("burst", 1).value_or(1);
  config.rate_limit = limit;
}

std::string folder_of(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  if (slash == std::string::npos) return {};
  return slash == 0 ? "/" : file.substr(0, slash);
}

}  // namespace

LoadedWebConfig load_web_config_text(std::string_view text, const std::string& file) {
  LoadedWebConfig loaded{{}, Report(file)};
  const YamlDocument document = read_yaml(text, loaded.report, Severity::kError);
  if (!document.valid) return loaded;
  loaded.is_empty = is_absent(document.root);
  if (loaded.is_empty) return loaded;
  if (document.root->type != YamlType::kMapping) {
    loaded.report.error(document.root->mark, "",
                        found(*document.root, Show::kKindOnly) +
                            "; write keys with values, such as 'basic_auth_users:'");
    return loaded;
  }
  const Section top(*document.root, "", loaded.report);
  refuse_other_keys(top, kWebKeys);
  load_tls(top, folder_of(file), loaded.config);
  load_http(top, loaded.config);
  load_users(top, loaded.config);
  load_rate_limit(top, loaded.config);
  return loaded;
}

LoadedWebConfig load_web_config_file(const std::string& path) {
  const Result<std::string> text = read_yaml_file(path);
  if (text) return load_web_config_text(*text, path);
  LoadedWebConfig loaded{{}, Report(path)};
  loaded.report.error({}, "", text.error().text);
  return loaded;
}

}  // namespace jmxbridge
