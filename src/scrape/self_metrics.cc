#include "scrape/self_metrics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "base/log.h"

namespace jmxbridge {
namespace {

constexpr std::array<const char*, kPhaseCount> kPhaseNames = {"connect", "discover", "describe",
                                                              "read", "assemble"};

/// Lists the samples in a fixed order and hands out their places, so that families and numbers
/// cannot fall apart: the same calls make the families once and write the numbers every time.
class FamilyWriter {
 public:
  /// `started` is when the process did, in seconds since 1970: its counters count from then on.
  FamilyWriter(std::vector<FamilySpec>* families, std::span<double> numbers, double started)
      : families_(families), numbers_(numbers), started_(started) {}

  void family(const char* name, FamilyType type, const char* help, const char* unit = "") {
    if (families_ == nullptr) return;
    families_->push_back({.name = name, .type = type, .help = help, .unit = unit, .samples = {}});
    families_->back().named_with_suffix = true;
    if (type == FamilyType::kCounter && started_ > 0) {
      families_->back().created_ms = std::llround(started_ * 1000);
    }
  }

  void sample(double number, std::vector<Label> labels = {}) {
    assert(next_ < numbers_.size());
    if (families_ != nullptr) {
      families_->back().samples.push_back({.labels = std::move(labels), .slot = next_});
    }
    numbers_[next_++] = number;
  }

  void one(const char* name, FamilyType type, const char* help, double number,
           const char* unit = "") {
    family(name, type, help, unit);
    sample(number);
  }

  std::vector<Label> labels(const char* name, const std::string& value) const {
    return wants_labels() ? std::vector<Label>{{name, value}} : std::vector<Label>{};
  }

  /// Labels are needed only while the families are made.
  bool wants_labels() const { return families_ != nullptr; }

 private:
  std::vector<FamilySpec>* families_;
  std::span<double> numbers_;
  double started_;
  std::uint32_t next_ = 0;
};

double count_of(const std::atomic<std::uint64_t>& counter) {
  return static_cast<double>(counter.load(std::memory_order_relaxed));
}

/// The families that the JMX exporter has as well, and jmx_up among them.
void write_exporter(FamilyWriter& writer, const ScrapeFacts& facts,
                    const ProcessCounters& counters) {
  writer.one("jmx_config_reload_failure", FamilyType::kCounter,
             "Number of times configuration have failed to be reloaded.",
             count_of(counters.config_reload_failure));
  writer.one("jmx_config_reload_success", FamilyType::kCounter,
             "Number of times configuration have successfully been reloaded.",
             count_of(counters.config_reload_success));
  writer.family("jmx_exporter_build", FamilyType::kInfo, "JMX Exporter build information");
  writer.sample(1, writer.wants_labels()
                       ? std::vector<Label>{{"name", "jmxbridge"}, {"version", JMXBRIDGE_VERSION}}
                       : std::vector<Label>{});
  if (counters.serves_http) {
    writer.one("jmx_http_requests_rejected", FamilyType::kCounter,
               "Total number of HTTP requests rejected due to pool saturation.",
               count_of(counters.http_requests_rejected));
  }
  writer.one("jmx_scrape_cached_beans", FamilyType::kGauge,
             "Number of beans with their matching rule cached", facts.cached_beans);
  writer.one("jmx_scrape_duration_seconds", FamilyType::kGauge,
             "Time this JMX scrape took, in seconds.", facts.seconds, "seconds");
  writer.one("jmx_scrape_error", FamilyType::kGauge, "Non-zero if this scrape failed.",
             facts.failed ? 1 : 0);
  writer.one("jmx_scrape_timeout", FamilyType::kCounter, "Total number of scrape timeouts.",
             count_of(counters.scrape_timeouts));
  writer.one("jmx_up", FamilyType::kGauge,
             "1 if a session with the target stood and its MBeans could be listed, else 0.",
             facts.up ? 1 : 0);
}

void write_daemon(FamilyWriter& writer, const ProcessCounters& counters) {
  writer.family("jmxbridge_build", FamilyType::kInfo,
                "The version of jmxbridge and of the JVM embedded in it.");
  writer.sample(1, writer.wants_labels()
                       ? std::vector<Label>{{"version", JMXBRIDGE_VERSION},
                                            {"java_version", counters.java_version}}
                       : std::vector<Label>{});
  writer.one("jmxbridge_config_last_reload_successful", FamilyType::kGauge,
             "1 if the configuration was usable when it was last read, else 0.",
             counters.config_last_reload_successful.load() ? 1 : 0);
  writer.one("jmxbridge_config_last_reload_success_timestamp_seconds", FamilyType::kGauge,
             "When the configuration in use was read, in seconds since 1970.",
             static_cast<double>(counters.config_loaded_at_ms.load()) / 1000.0, "seconds");
  writer.one("jmxbridge_java_heap_used_bytes", FamilyType::kGauge,
             "Heap that the embedded JVM uses, in bytes.",
             static_cast<double>(counters.java_heap_used_bytes.load()), "bytes");
}

void write_port(FamilyWriter& writer, const ScrapeFacts& facts, const ProcessCounters& counters) {
  writer.one("jmxbridge_http_access_last_reload_successful", FamilyType::kGauge,
             "1 if what says how HTTP clients are let in was usable when it was last read, else 0.",
             counters.http_access_last_reload_successful.load() ? 1 : 0);
  if (facts.certificate_expires_at_s != 0) {
    writer.one("jmxbridge_http_certificate_expiry_timestamp_seconds", FamilyType::kGauge,
               "When the certificate of the daemon's own port ends, in seconds since 1970.",
               static_cast<double>(facts.certificate_expires_at_s), "seconds");
  }
  writer.one("jmxbridge_http_tls_failures", FamilyType::kCounter,
             "HTTP connections that failed to begin to speak TLS.",
             count_of(counters.http_tls_failures));
  writer.one("jmxbridge_http_unauthorized", FamilyType::kCounter,
             "HTTP requests that were answered 401.", count_of(counters.http_unauthorized));
}

void write_target(FamilyWriter& writer, const ScrapeFacts& facts) {
  if (!facts.lane.empty()) {
    writer.family(
        "jmxbridge_target_lane", FamilyType::kGauge,
        "1 for the lane that reads the target, with the reason if it is not the fast one.");
    std::vector<Label> lane = writer.labels("lane", facts.lane);
    if (writer.wants_labels() && !facts.lane_reason.empty()) {
      lane.push_back({"reason", printable(facts.lane_reason)});
    }
    writer.sample(1, std::move(lane));
  }
  writer.one("jmxbridge_sessions_opened", FamilyType::kCounter,
             "Sessions that were opened with the target.",
             static_cast<double>(facts.sessions_opened));
  writer.family("jmxbridge_scrape_phase_seconds", FamilyType::kGauge,
                "Time that each phase of this scrape took, in seconds.", "seconds");
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    writer.sample(facts.phase_seconds[i], writer.labels("phase", kPhaseNames[i]));
  }
  writer.one("jmxbridge_scrape_beans", FamilyType::kGauge,
             "MBeans that the configuration takes in.", facts.beans);
  writer.one("jmxbridge_scrape_beans_missing", FamilyType::kGauge,
             "MBeans that this scrape asked and that had not answered by its deadline.",
             facts.beans_missing);
  writer.one("jmxbridge_scrape_samples", FamilyType::kGauge,
             "Samples of the target that this scrape shows.", facts.samples);
  writer.one("jmxbridge_set_aside_beans", FamilyType::kGauge,
             "MBeans that are not asked for a while because they did not answer.",
             static_cast<double>(facts.set_aside.size()));
  if (!facts.set_aside.empty()) {
    writer.family("jmxbridge_bean_set_aside", FamilyType::kGauge,
                  "1 for an MBean that is not asked for a while; at most 20 are named.");
    const std::size_t named = std::min(facts.set_aside.size(), SelfMetrics::kNamedBeans);
    for (std::size_t i = 0; i < named; ++i)
      writer.sample(1, writer.labels("bean", facts.set_aside[i]));
  }
}

void write_pushes(FamilyWriter& writer, const PushCounters& pushes) {
  writer.family("jmxbridge_otlp_pushes", FamilyType::kCounter,
                "Pushes over OTLP, by what became of them.");
  writer.sample(count_of(pushes.taken), writer.labels("outcome", "success"));
  writer.sample(count_of(pushes.partly_taken), writer.labels("outcome", "partial"));
  writer.sample(count_of(pushes.failed), writer.labels("outcome", "failure"));
}

void write_process(FamilyWriter& writer, const ProcessStats& process) {
  writer.one("jmxbridge_process_cpu_seconds", FamilyType::kCounter,
             "User and system CPU time that the daemon spent, in seconds.", process.cpu_seconds,
             "seconds");
  writer.one("jmxbridge_process_resident_memory_bytes", FamilyType::kGauge,
             "Resident memory of the daemon, in bytes.", process.resident_bytes, "bytes");
  writer.one("jmxbridge_process_virtual_memory_bytes", FamilyType::kGauge,
             "Virtual memory of the daemon, in bytes.", process.virtual_bytes, "bytes");
  writer.one("jmxbridge_process_open_fds", FamilyType::kGauge, "Open file descriptors.",
             process.open_fds);
  writer.one("jmxbridge_process_max_fds", FamilyType::kGauge,
             "File descriptors that the daemon may open.", process.max_fds);
  writer.one("jmxbridge_process_start_time_seconds", FamilyType::kGauge,
             "When the daemon started, in seconds since 1970.", process.start_time_seconds,
             "seconds");
}

}  // namespace

bool SelfMetrics::update(const ScrapeFacts& facts, const ProcessCounters& counters,
                         std::span<double> numbers) {
  const bool has_certificate = facts.certificate_expires_at_s != 0;
  const bool changed = families_.empty() || facts.lane != lane_ ||
                       facts.lane_reason != lane_reason_ || facts.set_aside != set_aside_ ||
                       facts.pushes != pushes_ || has_certificate != has_certificate_;
  if (changed) {
    families_.clear();
    lane_ = facts.lane;
    lane_reason_ = facts.lane_reason;
    set_aside_ = facts.set_aside;
    pushes_ = facts.pushes;
    has_certificate_ = has_certificate;
  }
  FamilyWriter writer(changed ? &families_ : nullptr, numbers, facts.process.start_time_seconds);
  write_exporter(writer, facts, counters);
  write_daemon(writer, counters);
  if (counters.serves_http) write_port(writer, facts, counters);
  write_target(writer, facts);
  if (facts.pushes) write_pushes(writer, counters.pushes);
  write_process(writer, facts.process);
  return changed;
}

}  // namespace jmxbridge
