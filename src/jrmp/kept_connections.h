#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "jrmp/answer_reader.h"
#include "jrmp/connection.h"
#include "jrmp/requests.h"

namespace jmxbridge {

/// The connections of a target that stay open between two runs: those that wait for the next one,
/// and one that is left to a call which the target has not answered. Lives on its source's strand.
class KeptConnections {
 public:
  using Clock = Connection::Clock;

  /// How many wait for the next run: as many as one usually takes.
  static constexpr std::size_t kMost = 2;

  /// `idle_call` as for Pipeline. Both must outlive it.
  KeptConnections(AnswerReader& answers, const Bytes& idle_call)
      : answers_(answers), idle_call_(idle_call) {}
  /// Closes them all.
  ~KeptConnections();
  KeptConnections(const KeptConnections&) = delete;
  KeptConnections& operator=(const KeptConnections&) = delete;

  /// One that is still there, or null.
  std::shared_ptr<Connection> take();
  /// Keeps one on which no answer is outstanding but those that are to be dropped, or closes it
  /// where there are enough.
  void keep(std::shared_ptr<Connection> connection);
  /// Closes those that have not been used since then.
  void drop_older_than(Clock::time_point time);
  /// Makes the idle call on one that waits. Its answer is dropped when it is next used.
  void keep_alive();

  /// Leaves a connection to the call that it waits for; there must be no other such.
  void park(std::shared_ptr<Connection> connection) { parked_ = std::move(connection); }
  bool has_parked() const { return parked_ != nullptr; }
  /// True if the parked one waits even now; else there is none any more.
  bool still_waits();

 private:
  bool drop_answers(Connection& connection);

  AnswerReader& answers_;
  const Bytes& idle_call_;
  std::vector<std::shared_ptr<Connection>> idle_;
  std::shared_ptr<Connection> parked_;
};

}  // namespace jmxbridge
