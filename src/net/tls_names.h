#pragma once

#include <openssl/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace jmxbridge {

/// What OpenSSL makes of a list of cipher suites by Java's (IANA's) names, in its own form, for
/// TLS 1.3 and for the protocols before.
struct CipherLists {
  std::string modern;
  std::string older;
};

CipherLists map_ciphers(const std::vector<std::string>& ciphers);

/// Those of the names that OpenSSL does not know and that are no signal of Java's either.
std::vector<std::string> unknown_ciphers(const std::vector<std::string>& ciphers);

/// Limits a context to the protocols of these Java's names for which there are cipher suites; false
/// if none is left.
bool limit_protocols(SSL_CTX* context, const std::vector<std::string>& names,
                     const CipherLists& ciphers);

/// The oldest failure that OpenSSL has noted on this thread, in a few words; all are forgotten.
std::string last_tls_error();

}  // namespace jmxbridge
