#include "commands/live_recording.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <utility>

#include "base/log.h"
#include "commands/configuration.h"
#include "jni/java_vm.h"
#include "jni/jvm_connector.h"
#include "net/dial_policy.h"
#include "scrape/endpoint.h"
#include "scrape/selection.h"
#include "snapshot/capture.h"

namespace jmxbridge {
namespace {

/// For the session and everything that is read through it.
constexpr std::chrono::seconds kReadTime{60};
/// As many beans that were not read are named.
constexpr std::size_t kShownTroubles = 20;

/// Sets `out` to what became of it.
asio::awaitable<void> record(Connector& connector, const Endpoint& endpoint,
                             const CaptureScope& scope, Deadline deadline, Result<Recording>& out) {
  Result<Session> session = co_await connector.open(endpoint, deadline);
  if (session) {
    out = co_await capture(*session->portable, scope, deadline);
  } else {
    out = fail(std::move(session.error()));
  }
}

/// What the configuration keeps from being read costs or shows something: it is left alone.
bool leaves_out(const CollectorConfig& config, const ObjectName& bean, std::string_view attribute) {
  if (is_never_read(bean, attribute)) return true;
  const auto& excluded = config.exclude_object_names;
  if (std::any_of(excluded.begin(), excluded.end(),
                  [&](const ObjectName& pattern) { return pattern.matches(bean); })) {
    return true;
  }
  const auto& filters = config.exclude_object_name_attributes;
  return std::any_of(filters.begin(), filters.end(), [&](const auto& filter) {
    const std::vector<std::string>& names = filter.second;
    return filter.first == bean && std::find(names.begin(), names.end(), attribute) != names.end();
  });
}

Endpoint endpoint_of(const CommandLine& line, const CollectorConfig& config) {
  Endpoint endpoint;
  endpoint.kind = line.self ? Endpoint::Kind::kSelf : Endpoint::Kind::kRemote;
  lead_to(config, endpoint);
  endpoint.dial = [policy = DialPolicy::anything()](const std::string& host, std::uint16_t port) {
    return policy.resolve(host, port);
  };
  return endpoint;
}

}  // namespace

std::shared_ptr<const Snapshot> load_for(const CommandLine& line, bool needs_target) {
  if (line.config_file.empty()) return default_snapshot();
  const ConfigUse use = needs_target && !line.self ? ConfigUse::kTarget : ConfigUse::kRulesOnly;
  LoadedSnapshot loaded = load_rules(line.config_file, use);
  if (!loaded.snapshot) std::fputs(loaded.report.text().c_str(), stderr);
  return std::move(loaded.snapshot);
}

Result<Recording> record_target(const CommandLine& line, const Snapshot& snapshot,
                                const std::optional<ObjectName>& beans) {
  JavaOptions java;
  java.java_home = line.java_home;
  java.options = line.java_options;
  Result<JavaVm> vm = JavaVm::start(java);
  if (!vm) return fail(std::move(vm.error()));

  const CollectorConfig& config = snapshot.config;
  JvmConnector connector(*vm, Limits{});
  const Endpoint endpoint = endpoint_of(line, config);
  const CaptureScope scope{beans, [&config](const ObjectName& bean, std::string_view attribute) {
                             return leaves_out(config, bean, attribute);
                           }};
  asio::thread_pool pool(1);
  Result<Recording> recording = Recording();
  const Deadline deadline = std::chrono::steady_clock::now() + kReadTime;
  asio::co_spawn(pool, record(connector, endpoint, scope, deadline, recording), asio::use_future)
      .get();
  connector.close_all();
  if (!recording) return recording;
  recording->target = line.self ? "self" : target_name(config);
  recording->taken = fmt::format("{:%FT%TZ}", fmt::gmtime(std::time(nullptr)));
  return recording;
}

void complain_of_trouble(const Recording& recording) {
  std::size_t count = 0;
  for (const auto& [name, bean] : recording.beans) {
    if (bean.trouble.empty() || ++count > kShownTroubles) continue;
    fmt::print(stderr, "jmxbridge: {} was not read: {}\n", printable(name.text()),
               printable(bean.trouble));
  }
  if (count > kShownTroubles) {
    fmt::print(stderr, "jmxbridge: … and {} more\n", count - kShownTroubles);
  }
}

}  // namespace jmxbridge
