#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jmxbridge {

/// What a connection is doing.
enum class ConnectionPhase : std::uint8_t {
  kGreeting,
  kIdle,
  kReading,
  kAnswering,
  kWriting,
  kClosing,
};

/// The open connections of a server, bounded. Thread-safe; outlives its places.
class Connections {
 public:
  /// How a connection is made to end.
  enum class Ending : std::uint8_t {
    kWhenIdle,  ///< now if it waits for a request, else after the answer under way
    kAtOnce,
  };
  using End = std::function<void(Ending)>;

  /// One connection's place; giving it up is leaving.
  class Place {
   public:
    Place(Place&& other) noexcept;
    Place& operator=(Place&& other) noexcept;
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place();

    /// False: too many are open, so that this one is to be turned away.
    bool admitted() const { return admitted_; }
    /// `detail` may be hostile text; it is escaped when shown.
    void enter(ConnectionPhase phase, std::string_view detail = {});
    void count_answer();

   private:
    friend class Connections;
    Place(Connections& all, std::uint64_t id, bool admitted)
        : all_(&all), id_(id), admitted_(admitted) {}

    Connections* all_;
    std::uint64_t id_;
    bool admitted_;
  };

  explicit Connections(std::size_t most) : most_(most) {}

  /// A place for a connection. Beyond the bound it is one to be turned away in, and beyond those
  /// there is none: close the socket. `end` is called from any thread.
  std::optional<Place> join(std::string peer, End end);

  void end_all(Ending how);
  /// Calls `call` once, when there is no connection (left): at once, or from any thread.
  void when_empty(std::function<void()> call);
  std::size_t count() const;
  /// One line for each connection.
  std::string dump() const;

  /// How many may be in the course of being turned away.
  static constexpr std::size_t kMostTurnedAway = 64;

 private:
  using Clock = std::chrono::steady_clock;

  struct Entry {
    std::string peer;
    End end;
    ConnectionPhase phase = ConnectionPhase::kIdle;
    Clock::time_point since;
    std::string detail;
    std::uint64_t answers = 0;
  };

  void leave(std::uint64_t id);

  const std::size_t most_;
  mutable std::mutex mutex_;
  std::map<std::uint64_t, Entry> entries_;
  std::vector<std::function<void()>> empty_calls_;
  std::uint64_t next_id_ = 1;
};

}  // namespace jmxbridge
