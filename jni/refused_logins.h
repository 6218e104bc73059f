#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace jmxbridge {

/// Logins that targets have refused, so that a wrong password, tried at every scrape, does not lock
/// its user out: each refusal makes the pause before the next try longer. Another password is
/// another login. Holds no password. Thread-safe.
class RefusedLogins {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr std::chrono::seconds kFirstPause{2};
  static constexpr std::chrono::seconds kLongestPause{60};
  /// Beyond these the one whose pause ends first is forgotten.
  static constexpr std::size_t kMost = 1000;

  RefusedLogins();

  /// One user and password at one target.
  using Id = std::uint64_t;
  Id id_of(std::string_view target, std::string_view user, std::string_view password) const;

  /// What the target said, if it is too early to ask again.
  std::optional<Error> too_early(Id login, Clock::time_point now) const;
  void refused(Id login, const Error& error, Clock::time_point now);
  void accepted(Id login);

 private:
  struct Refusal {
    Error error;
    std::chrono::seconds pause;
    Clock::time_point until;
  };

  const std::string salt_;  ///< the ids of another process say nothing about these
  mutable std::mutex mutex_;
  std::map<Id, Refusal> refusals_;
};

}  // namespace jmxbridge
