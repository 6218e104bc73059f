#include "net/tls_names.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace jmxbridge {
namespace {

struct Protocol {
  std::string_view name;
  int version;
  std::uint64_t switch_off;
};

constexpr std::array<Protocol, 4> kProtocols = {{
    {"TLSv1", TLS1_VERSION, SSL_OP_NO_TLSv1},
    {"TLSv1.1", TLS1_1_VERSION, SSL_OP_NO_TLSv1_1},
    {"TLSv1.2", TLS1_2_VERSION, SSL_OP_NO_TLSv1_2},
    {"TLSv1.3", TLS1_3_VERSION, SSL_OP_NO_TLSv1_3},
}};

/// No suite but a signal to servers, which Java lists among them; OpenSSL sends it by itself, and
/// refuses a list of nothing else.
constexpr std::string_view kSignal = "TLS_EMPTY_RENEGOTIATION_INFO_SCSV";

bool is_modern(std::string_view name) {
  constexpr std::array<std::string_view, 5> kModern = {
      "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
      "TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256"};
  return std::find(kModern.begin(), kModern.end(), name) != kModern.end();
}

/// OpenSSL's name of what came before TLS 1.3; empty if it has none.
std::string_view older_name(const std::string& name) {
  // Java kept the first names of suites that are older than TLS.
  const std::string standard = name.starts_with("SSL_") ? "TLS_" + name.substr(4) : name;
  const std::string_view known = OPENSSL_cipher_name(standard.c_str());
  return known == "(NONE)" ? std::string_view() : known;
}

}  // namespace

CipherLists map_ciphers(const std::vector<std::string>& ciphers) {
  CipherLists lists;
  for (const std::string& given : ciphers) {
    if (given == kSignal) continue;
    const bool modern = is_modern(given);
    const std::string_view name = modern ? std::string_view(given) : older_name(given);
    if (name.empty()) continue;
    std::string& list = modern ? lists.modern : lists.older;
    if (!list.empty()) list += ':';
    list += name;
  }
  return lists;
}

std::vector<std::string> unknown_ciphers(const std::vector<std::string>& ciphers) {
  std::vector<std::string> unknown;
  for (const std::string& name : ciphers) {
    if (name == kSignal) continue;
    if (!is_modern(name) && older_name(name).empty()) unknown.push_back(name);
  }
  return unknown;
}

bool limit_protocols(SSL_CTX* context, const std::vector<std::string>& names,
                     const CipherLists& ciphers) {
  int lowest = 0;
  int highest = 0;
  for (const Protocol& protocol : kProtocols) {
    const bool has_ciphers =
        !(protocol.version == TLS1_3_VERSION ? ciphers.modern : ciphers.older).empty();
    if (!has_ciphers || std::find(names.begin(), names.end(), protocol.name) == names.end()) {
      SSL_CTX_set_options(context, protocol.switch_off);
      continue;
    }
    if (lowest == 0) lowest = protocol.version;
    highest = protocol.version;
  }
  if (lowest == 0) return false;
  SSL_CTX_set_min_proto_version(context, lowest);
  SSL_CTX_set_max_proto_version(context, highest);
  return true;
}

std::string last_tls_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "no reason given" : reason;
}

}  // namespace jmxbridge
