#include "http/remembered_logins.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <stdexcept>
#include <string>

namespace jmxbridge {

RememberedLogins::RememberedLogins() : key_() {
  if (RAND_bytes(key_.data(), static_cast<int>(key_.size())) != 1) {
    throw std::runtime_error("the system gives no random numbers");
  }
}

RememberedLogins::Print RememberedLogins::print_of(std::string_view user,
                                                   std::string_view password) const {
  // The length keeps the border between the two.
  std::string text = std::to_string(user.size()) + ":";
  text += user;
  text += password;
  Print print{};
  unsigned size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  if (HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), bytes, text.size(),
           print.data(), &size) == nullptr) {
    throw std::runtime_error("OpenSSL computes no HMAC");
  }
  OPENSSL_cleanse(text.data(), text.size());
  return print;
}

std::optional<bool> RememberedLogins::find(const Print& print) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (right_.prints.contains(print)) return true;
  if (wrong_.prints.contains(print)) return false;
  return std::nullopt;
}

void RememberedLogins::add(const Print& print, bool right) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Kept& kept = right ? right_ : wrong_;
  if (!kept.prints.insert(print).second) return;
  kept.order.push_back(print);
  if (kept.order.size() <= kMost) return;
  kept.prints.erase(kept.order.front());
  kept.order.pop_front();
}

}  // namespace jmxbridge
