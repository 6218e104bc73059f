#include "http/stored_password.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <cstring>
#include <memory>
#include <span>

namespace jmxbridge {
namespace {

using Form = StoredPassword::Form;
using Digest = std::array<unsigned char, EVP_MAX_MD_SIZE>;

const EVP_MD* digest_of(Form form) {
  switch (form) {
    case Form::kSha1:
    case Form::kPbkdf2Sha1:
      return EVP_sha1();
    case Form::kSha512:
    case Form::kPbkdf2Sha512:
      return EVP_sha512();
    default:
      return EVP_sha256();
  }
}

/// The length of the digest; 0 if OpenSSL has none.
std::size_t digest(const EVP_MD* kind, std::string_view text, Digest& out) {
  unsigned size = 0;
  const bool done = EVP_Digest(text.data(), text.size(), out.data(), &size, kind, nullptr) == 1;
  return done ? size : 0;
}

bool same_bytes(std::string_view stored, std::span<const unsigned char> made) {
  return !made.empty() && stored.size() == made.size() &&
         CRYPTO_memcmp(stored.data(), made.data(), made.size()) == 0;
}

bool is_of_digest(const StoredPassword& stored, std::string_view password) {
  std::string salted = stored.salt + ":";
  salted += password;
  Digest made;
  const std::size_t size = digest(digest_of(stored.form), salted, made);
  OPENSSL_cleanse(salted.data(), salted.size());
  return same_bytes(stored.secret, std::span(made).first(size));
}

bool is_of_derivation(const StoredPassword& stored, std::string_view password) {
  std::string made(stored.secret.size(), '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(made.data());
  const bool done =
      PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                        reinterpret_cast<const unsigned char*>(stored.salt.data()),
                        static_cast<int>(stored.salt.size()), stored.iterations,
                        digest_of(stored.form), static_cast<int>(made.size()), bytes) == 1;
  return done && same_bytes(stored.secret, {bytes, made.size()});
}

/// Forgets what was worked on.
struct WipeCrypt {
  void operator()(crypt_data* data) const {
    OPENSSL_cleanse(data, sizeof(*data));
    delete data;
  }
};

bool is_of_bcrypt(const StoredPassword& stored, std::string_view password) {
  // To crypt_r a password ends at its first NUL, so that others would do as well.
  if (password.find('\0') != std::string_view::npos) return false;
  // The letter tells versions of programs apart, not of the algorithm.
  std::string setting = stored.secret;
  if (setting.size() > 3) setting[2] = 'b';
  const std::unique_ptr<crypt_data, WipeCrypt> work(new crypt_data{});
  std::string text(password);
  const char* made = crypt_r(text.c_str(), setting.c_str(), work.get());
  OPENSSL_cleanse(text.data(), text.size());
  return made != nullptr && same_secret(setting, made);
}

}  // namespace

StoredPassword stored_password(const HttpBasicConfig& config) {
  constexpr std::array kForms = {Form::kPlaintext,   Form::kSha1,       Form::kSha256,
                                 Form::kSha512,      Form::kPbkdf2Sha1, Form::kPbkdf2Sha256,
                                 Form::kPbkdf2Sha512};
  StoredPassword stored;
  stored.user = config.username;
  stored.form = kForms.at(static_cast<std::size_t>(config.algorithm));
  stored.secret = stored.form == Form::kPlaintext ? config.password : config.hash;
  stored.salt = config.salt;
  stored.iterations = config.iterations;
  return stored;
}

bool is_password(const StoredPassword& stored, std::string_view password) {
  switch (stored.form) {
    case Form::kPlaintext:
      return same_secret(stored.secret, password);
    case Form::kSha1:
    case Form::kSha256:
    case Form::kSha512:
      return is_of_digest(stored, password);
    case Form::kBcrypt:
      return is_of_bcrypt(stored, password);
    default:
      return is_of_derivation(stored, password);
  }
}

bool same_secret(std::string_view left, std::string_view right) {
  Digest left_digest;
  Digest right_digest;
  const std::size_t size = digest(EVP_sha256(), left, left_digest);
  return size > 0 && digest(EVP_sha256(), right, right_digest) == size &&
         CRYPTO_memcmp(left_digest.data(), right_digest.data(), size) == 0;
}

}  // namespace jmxbridge
