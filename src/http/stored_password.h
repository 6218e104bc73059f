#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "config/http_server_config.h"

namespace jmxbridge {

/// A user, and what is kept to know his password by.
struct StoredPassword {
  enum class Form : std::uint8_t {
    kPlaintext,
    kSha1,
    kSha256,
    kSha512,
    kPbkdf2Sha1,
    kPbkdf2Sha256,
    kPbkdf2Sha512,
    kBcrypt,
  };

  std::string user;
  Form form = Form::kPlaintext;
  std::string secret;           ///< the password, the bytes of its hash, or bcrypt's own text
  std::string salt;             ///< of SHA and PBKDF2
  std::int32_t iterations = 0;  ///< of PBKDF2

  /// True if a check takes so long that it must not hold up other requests.
  bool is_slow() const { return form >= Form::kPbkdf2Sha1; }

  friend bool operator==(const StoredPassword&, const StoredPassword&) = default;
};

/// The user of the peer's `httpServer.authentication.basic`.
StoredPassword stored_password(const HttpBasicConfig& config);

/// Whether this is the user's password. Takes the same time wherever the two differ; the bounds of
/// specification 10.7 and of bcrypt hold, which looks at 72 bytes.
bool is_password(const StoredPassword& stored, std::string_view password);

/// Whether two texts are equal, in a time that tells nothing of where or by how much they differ.
bool same_secret(std::string_view left, std::string_view right);

}  // namespace jmxbridge
