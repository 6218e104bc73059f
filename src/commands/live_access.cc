#include "commands/live_access.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <mutex>
#include <utility>
#include <vector>

#include "base/log.h"
#include "commands/configuration.h"

namespace jmxbridge {

class LiveAccess::Reading {
 public:
  Reading(std::string web_config, ReadServerKeys read, ProcessCounters& counters)
      : web_config_(std::move(web_config)), read_(std::move(read)), counters_(counters) {}

  Result<void> use(const std::optional<HttpServerConfig>& server) {
    if (Result<void> one = only_one_access(server, web_config_); !one) return one;
    const std::lock_guard<std::mutex> building(building_);
    // A web configuration is looked at by itself, so that neither file waits for the other.
    if (!web_config_.empty() && in_use_) return {};
    AccessParts parts = make(server);
    if (!parts.access) return fail(std::move(parts.access.error()));
    server_ = server;
    in_use_ = true;
    take(std::move(parts));
    return {};
  }

  /// What holds now; nothing if files have changed or are being read, so that it must be waited
  /// for.
  std::shared_ptr<const Access> unless_changed() {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (WatchedFile& file : files_) changed_ = file.has_changed() || changed_;
    return changed_ || reading_ ? nullptr : access_;
  }

  /// Reads what has changed; on the thread for that.
  static asio::awaitable<std::shared_ptr<const Access>> refresh(std::shared_ptr<Reading> self) {
    co_return self->refreshed();
  }

  asio::thread_pool& thread() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!thread_) thread_.emplace(1);
    return *thread_;
  }

  void stop() {
    if (thread_) {
      thread_->stop();
      thread_->join();
    }
    if (work_) work_->stop();
  }

 private:
  AccessParts make(const std::optional<HttpServerConfig>& server) {
    if (!work_) work_ = std::make_shared<PasswordWork>();
    AccessParts parts = web_config_.empty() ? access_of(server, read_, work_)
                                            : access_of_web_config(web_config_, work_);
    if (!parts.access) return parts;
    if (!parts.expired.empty() && shows_valid_certificate()) {
      parts.access = fail(parts.expired);
    } else if (parts.is_empty && is_guarded()) {
      parts.access = fail(web_config_ +
                          ": this is empty, as a file is while it is written; write '{}' into it "
                          "to let everyone in");
    }
    return parts;
  }

  /// Then nothing but words to the contrary lets everyone in.
  bool is_guarded() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return access_->tls || access_->users;
  }

  /// Then one that has expired does not take its place.
  bool shows_valid_certificate() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return access_->tls && access_->tls->expires() > std::chrono::system_clock::now();
  }

  std::shared_ptr<const Access> refreshed() {
    const std::lock_guard<std::mutex> building(building_);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!changed_) return access_;
      changed_ = false;
      reading_ = true;
    }
    AccessParts parts = make(server_);
    if (parts.access) {
      take(std::move(parts));
      log::info("What says how HTTP clients are let in has changed and was read again.");
    } else {
      counters_.http_access_last_reload_successful = false;
      log::error("HTTP clients are let in as before, for what says how has changed and is wrong:");
      for (std::string_view rest = parts.access.error().text; !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        log::error("{}", printable(rest.substr(0, end), kLongestFinding));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
      const std::lock_guard<std::mutex> lock(mutex_);
      files_ = std::move(parts.files);
      reading_ = false;
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    return access_;
  }

  void take(AccessParts parts) {
    for (const std::string& warning : parts.warnings) {
      log::warn("{}", printable(warning, kLongestFinding));
    }
    Access access = *std::move(parts.access);
    std::chrono::seconds expires{0};
    if (access.tls) {
      expires = std::chrono::duration_cast<std::chrono::seconds>(
          access.tls->expires().time_since_epoch());
    }
    counters_.http_certificate_expires_at_s = expires.count();
    counters_.http_access_last_reload_successful = true;
    const std::lock_guard<std::mutex> lock(mutex_);
    // Who stays the same need not be checked anew.
    if (access_->users && access.users && access.users->has_users_of(*access_->users)) {
      access.users = access_->users;
    }
    // A limit that stays the same goes on where it stood.
    if (access_->rate && parts.rate == rate_) access.rate = access_->rate;
    rate_ = parts.rate;
    files_ = std::move(parts.files);
    access_ = std::make_shared<const Access>(std::move(access));
    reading_ = false;
  }

  const std::string web_config_;
  const ReadServerKeys read_;
  ProcessCounters& counters_;

  std::mutex building_;  ///< held while files are read; taken before the other
  std::optional<HttpServerConfig> server_;
  bool in_use_ = false;  ///< a first state was usable
  std::shared_ptr<PasswordWork> work_;

  std::mutex mutex_;
  std::shared_ptr<const Access> access_ = std::make_shared<const Access>();
  std::optional<WebRateLimit> rate_;
  std::vector<WatchedFile> files_;
  bool changed_ = false;  ///< some file is another than the one that was read
  bool reading_ = false;
  std::optional<asio::thread_pool> thread_;
};

LiveAccess::LiveAccess(std::string web_config, ReadServerKeys read, ProcessCounters& counters)
    : reading_(std::make_shared<Reading>(std::move(web_config), std::move(read), counters)) {}

LiveAccess::~LiveAccess() { stop(); }

Result<void> LiveAccess::use(const std::optional<HttpServerConfig>& server) {
  return reading_->use(server);
}

asio::awaitable<std::shared_ptr<const Access>> LiveAccess::current() {
  std::shared_ptr<const Access> access = reading_->unless_changed();
  if (access) co_return access;
  asio::awaitable<std::shared_ptr<const Access>> reading = Reading::refresh(reading_);
  access = co_await asio::co_spawn(reading_->thread(), std::move(reading), asio::use_awaitable);
  co_return access;
}

void LiveAccess::stop() { reading_->stop(); }

}  // namespace jmxbridge
