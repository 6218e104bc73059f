#include "http/authenticator.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

namespace jmxbridge {

Authenticator::Authenticator(std::vector<StoredPassword> users, std::shared_ptr<PasswordWork> work)
    : book_(std::make_shared<Book>()),
      work_(std::move(work)),
      slow_(std::any_of(users.begin(), users.end(),
                        [](const StoredPassword& user) { return user.is_slow(); })) {
  assert(!users.empty());
  book_->users = std::move(users);
}

bool Authenticator::check(const Book& book, const Authorization& authorization) {
  // A name that nobody has costs as much as one that somebody has, so that the time tells nothing.
  const StoredPassword* of_name = nullptr;
  for (const StoredPassword& user : book.users) {
    if (same_secret(user.user, authorization.user)) of_name = &user;
  }
  const StoredPassword& tried = of_name == nullptr ? book.users.front() : *of_name;
  const bool right = is_password(tried, authorization.password);
  return right && of_name != nullptr;
}

asio::awaitable<Authenticator::Verdict> Authenticator::judge(const Authorization& authorization) {
  if (authorization.kind != Authorization::Kind::kBasic) co_return Verdict::kRefused;
  std::optional<bool> right;
  if (slow_) {
    const RememberedLogins::Print print =
        book_->logins.print_of(authorization.user, authorization.password);
    right = book_->logins.find(print);
    if (!right) {
      auto work = std::make_shared<const PasswordWork::Check>([book = book_, authorization, print] {
        // Another request may have asked the same meanwhile.
        const std::optional<bool> known = book->logins.find(print);
        if (known) return *known;
        const bool found = check(*book, authorization);
        book->logins.add(print, found);
        return found;
      });
      right = co_await work_->run(std::move(work));
      if (!right) co_return Verdict::kBusy;
    }
  } else {
    right = check(*book_, authorization);
  }
  const bool admitted = *right;
  co_return admitted ? Verdict::kAdmitted : Verdict::kRefused;
}

}  // namespace jmxbridge
