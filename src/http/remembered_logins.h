#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>

namespace jmxbridge {

/// Remembers which names and passwords were found right and which wrong, so that a slow check runs
/// once for each. Holds no password: what it keeps is keyed with a random key of its own. Bounded;
/// wrong ones cannot push out right ones. Thread-safe.
class RememberedLogins {
 public:
  using Print = std::array<unsigned char, 32>;

  /// How many of each kind are kept; the oldest go first.
  static constexpr std::size_t kMost = 256;

  /// Throws if the system gives no random bytes.
  RememberedLogins();

  /// What stands for a name and a password.
  Print print_of(std::string_view user, std::string_view password) const;

  std::optional<bool> find(const Print& print) const;
  void add(const Print& print, bool right);

 private:
  struct Kept {
    std::set<Print> prints;
    std::deque<Print> order;
  };

  Print key_;
  mutable std::mutex mutex_;
  Kept right_;
  Kept wrong_;
};

}  // namespace jmxbridge
