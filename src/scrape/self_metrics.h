#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "exposition/family.h"
#include "scrape/process_stats.h"

namespace jmxbridge {

/// What became of the pushes over OTLP.
struct PushCounters {
  std::atomic<std::uint64_t> taken{0};
  std::atomic<std::uint64_t> partly_taken{0};  ///< the receiver left points out
  std::atomic<std::uint64_t> failed{0};
};

/// What the process as a whole counts, shared by every target and the server. Thread-safe.
struct ProcessCounters {
  std::atomic<std::uint64_t> config_reload_success{0};
  std::atomic<std::uint64_t> config_reload_failure{0};
  std::atomic<std::uint64_t> http_requests_rejected{0};
  std::atomic<std::uint64_t> scrape_timeouts{0};
  /// Requests without the right credentials, and clients that failed to begin to speak TLS.
  std::atomic<std::uint64_t> http_unauthorized{0};
  std::atomic<std::uint64_t> http_tls_failures{0};
  /// Whether what says how clients are let in could be used when it was last read.
  std::atomic<bool> http_access_last_reload_successful{true};
  /// When the server's certificate ends, in seconds since 1970; 0: connections are plain.
  std::atomic<std::int64_t> http_certificate_expires_at_s{0};
  /// Milliseconds since 1970 of the configuration in use, and whether the last try to load worked.
  std::atomic<std::int64_t> config_loaded_at_ms{0};
  std::atomic<bool> config_last_reload_successful{true};
  /// Used bytes of the embedded JVM's heap, as last looked at; 0: not yet.
  std::atomic<std::int64_t> java_heap_used_bytes{0};
  /// Whether there is a port; set before the first scrape, not changed after.
  bool serves_http = true;
  PushCounters pushes;
  /// The embedded JVM's version; set before the first scrape, not changed after.
  std::string java_version;
};

/// The phases of a scrape, in their order.
enum class Phase : std::uint8_t { kConnect, kDiscover, kDescribe, kRead, kAssemble };
inline constexpr std::size_t kPhaseCount = 5;

/// What one scrape has to say of itself.
struct ScrapeFacts {
  bool up = false;
  bool failed = false;
  double seconds = 0;
  std::array<double, kPhaseCount> phase_seconds{};
  std::string lane;         ///< empty: no session
  std::string lane_reason;  ///< why it is not the fast one; empty: none
  std::uint64_t sessions_opened = 0;
  std::uint32_t beans = 0;
  std::uint32_t beans_missing = 0;  ///< asked, but not answered by the deadline
  std::uint32_t samples = 0;
  std::uint32_t cached_beans = 0;
  std::vector<std::string> set_aside;  ///< names of the beans that are not asked
  bool pushes = false;                 ///< over OTLP, as the configuration says
  /// ProcessCounters::http_certificate_expires_at_s as of this scrape.
  std::int64_t certificate_expires_at_s = 0;
  ProcessStats process;
};

/// The daemon's own families on a page with a target's series (specification section 9, design
/// section 2), and their numbers.
class SelfMetrics {
 public:
  /// Places that the own samples take at most.
  static constexpr std::uint32_t kNumbers = 64;
  /// Beans that are set aside and named.
  static constexpr std::size_t kNamedBeans = 20;

  /// Writes the numbers of a scrape; true if the families are others than before.
  bool update(const ScrapeFacts& facts, const ProcessCounters& counters, std::span<double> numbers);

  const std::vector<FamilySpec>& families() const { return families_; }

 private:
  std::vector<FamilySpec> families_;
  std::string lane_;
  std::string lane_reason_;
  std::vector<std::string> set_aside_;
  bool pushes_ = false;
  bool has_certificate_ = false;
};

}  // namespace jmxbridge
