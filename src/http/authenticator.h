#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <vector>

#include "http/authorization.h"
#include "http/password_work.h"
#include "http/remembered_logins.h"
#include "http/stored_password.h"

namespace jmxbridge {

/// Decides whether who asks is one of the users. Thread-safe. It remembers what slow checks found;
/// other users are another authenticator, with nothing remembered.
class Authenticator {
 public:
  enum class Verdict : std::uint8_t {
    kAdmitted,
    kRefused,
    kBusy,  ///< too many slow checks are waiting; it was not looked at
  };

  /// `users` has at least one. `work` does the slow checks.
  Authenticator(std::vector<StoredPassword> users, std::shared_ptr<PasswordWork> work);

  asio::awaitable<Verdict> judge(const Authorization& authorization);

  /// Whether both judge alike, so that one may stand for the other and what it remembers stays.
  bool has_users_of(const Authenticator& other) const { return book_->users == other.book_->users; }

 private:
  /// Everything that a check on another thread needs.
  struct Book {
    std::vector<StoredPassword> users;
    RememberedLogins logins;
  };

  static bool check(const Book& book, const Authorization& authorization);

  const std::shared_ptr<Book> book_;
  const std::shared_ptr<PasswordWork> work_;
  const bool slow_;
};

}  // namespace jmxbridge
