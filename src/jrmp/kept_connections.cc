#include "jrmp/kept_connections.h"

#include <cstdint>
#include <utility>

namespace jmxbridge {
namespace {

/// A target that does not answer so many calls which keep its session is left alone.
constexpr std::uint32_t kMostToDrop = 16;

}  // namespace

KeptConnections::~KeptConnections() {
  for (const std::shared_ptr<Connection>& connection : idle_) connection->close();
  if (parked_) parked_->close();
}

std::shared_ptr<Connection> KeptConnections::take() {
  while (!idle_.empty()) {
    std::shared_ptr<Connection> connection = std::move(idle_.back());
    idle_.pop_back();
    // Between two runs nothing comes but what is to be dropped, and the end.
    (void)connection->receive();
    const bool is_quiet = connection->in().empty() || connection->to_drop > 0;
    if (!connection->is_lost() && is_quiet) return connection;
    connection->close();
  }
  return nullptr;
}

void KeptConnections::keep(std::shared_ptr<Connection> connection) {
  if (idle_.size() >= kMost) {
    connection->close();
    return;
  }
  connection->set_low_water(1);
  if (connection->to_drop == 0) connection->in().clear();
  connection->last_used = Clock::now();
  idle_.push_back(std::move(connection));
}

void KeptConnections::drop_older_than(Clock::time_point time) {
  std::erase_if(idle_, [&](const std::shared_ptr<Connection>& connection) {
    const bool is_older = connection->last_used < time;
    if (is_older) connection->close();
    return is_older;
  });
}

void KeptConnections::keep_alive() {
  // A second connection is cheap to make again, and costs the target a thread.
  while (idle_.size() > 1) {
    idle_.back()->close();
    idle_.pop_back();
  }
  if (idle_.empty()) return;
  Connection& connection = *idle_.front();
  if (connection.to_skip == 0) (void)drop_answers(connection);
  if (connection.to_drop >= kMostToDrop) return;
  if (connection.send(bytes_of(idle_call_)) == idle_call_.size()) {
    ++connection.to_drop;
  } else {
    connection.close();
  }
}

bool KeptConnections::still_waits() {
  if (!parked_) return false;
  if (drop_answers(*parked_) && !parked_->is_lost()) return true;
  parked_->close();
  parked_.reset();
  return false;
}

/// Reads what has come and takes off the answers that nobody waits for. False if what stands behind
/// them is no part of an answer.
bool KeptConnections::drop_answers(Connection& connection) {
  using Front = AnswerReader::Front;
  while (connection.receive()) {
    if (connection.in().bytes().size() > answers_.limits().answer_bytes) return false;
  }
  AnswerReader::Look seen = answers_.look(connection.in().bytes());
  while (seen.front == Front::kWhole && connection.to_drop > 0) {
    --connection.to_drop;
    connection.in().take(seen.size);
    seen = answers_.look(connection.in().bytes());
  }
  return seen.front == Front::kCut;
}

}  // namespace jmxbridge
