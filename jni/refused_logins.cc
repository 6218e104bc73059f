#include "jni/refused_logins.h"

#include <algorithm>
#include <functional>
#include <random>

namespace jmxbridge {
namespace {

std::string random_salt() {
  std::random_device random;
  std::string salt;
  for (int i = 0; i < 4; ++i) salt += std::to_string(random()) + ' ';
  return salt;
}

}  // namespace

RefusedLogins::RefusedLogins() : salt_(random_salt()) {}

RefusedLogins::Id RefusedLogins::id_of(std::string_view target, std::string_view user,
                                       std::string_view password) const {
  std::string all = salt_;
  for (const std::string_view part : {target, user, password}) {
    all += std::to_string(part.size()) + ' ';
    all += part;
  }
  return std::hash<std::string>{}(all);
}

std::optional<Error> RefusedLogins::too_early(Id login, Clock::time_point now) const {
  const std::lock_guard lock(mutex_);
  const auto found = refusals_.find(login);
  if (found == refusals_.end() || now >= found->second.until) return std::nullopt;
  return found->second.error;
}

void RefusedLogins::refused(Id login, const Error& error, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  const auto found = refusals_.find(login);
  const std::chrono::seconds pause =
      found == refusals_.end() ? kFirstPause : std::min(kLongestPause, 2 * found->second.pause);
  refusals_.insert_or_assign(login, Refusal{error, pause, now + pause});
  if (refusals_.size() <= kMost) return;
  refusals_.erase(std::min_element(
      refusals_.begin(), refusals_.end(),
      [](const auto& a, const auto& b) { return a.second.until < b.second.until; }));
}

void RefusedLogins::accepted(Id login) {
  const std::lock_guard lock(mutex_);
  refusals_.erase(login);
}

}  // namespace jmxbridge
