#include "http/connections.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "base/log.h"

namespace jmxbridge {
namespace {

std::string_view describe(ConnectionPhase phase) {
  switch (phase) {
    case ConnectionPhase::kGreeting:
      return "begins to speak TLS";
    case ConnectionPhase::kIdle:
      return "waits for a request";
    case ConnectionPhase::kReading:
      return "sends a request";
    case ConnectionPhase::kAnswering:
      return "is being answered";
    case ConnectionPhase::kWriting:
      return "takes in an answer";
    case ConnectionPhase::kClosing:
      break;
  }
  return "is being closed";
}

}  // namespace

Connections::Place::Place(Place&& other) noexcept
    : all_(std::exchange(other.all_, nullptr)), id_(other.id_), admitted_(other.admitted_) {}

Connections::Place& Connections::Place::operator=(Place&& other) noexcept {
  std::swap(all_, other.all_);
  std::swap(id_, other.id_);
  std::swap(admitted_, other.admitted_);
  return *this;
}

Connections::Place::~Place() {
  if (all_ != nullptr) all_->leave(id_);
}

void Connections::Place::enter(ConnectionPhase phase, std::string_view detail) {
  const std::lock_guard lock(all_->mutex_);
  Entry& entry = all_->entries_.at(id_);
  entry.phase = phase;
  entry.since = Clock::now();
  entry.detail = detail.substr(0, 256);
}

void Connections::Place::count_answer() {
  const std::lock_guard lock(all_->mutex_);
  ++all_->entries_.at(id_).answers;
}

std::optional<Connections::Place> Connections::join(std::string peer, End end) {
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= most_ + kMostTurnedAway) return std::nullopt;
  const bool admitted = entries_.size() < most_;
  const std::uint64_t id = next_id_++;
  Entry entry;
  entry.peer = std::move(peer);
  entry.end = std::move(end);
  entry.since = Clock::now();
  entries_.emplace(id, std::move(entry));
  return Place(*this, id, admitted);
}

void Connections::leave(std::uint64_t id) {
  std::vector<std::function<void()>> calls;
  {
    const std::lock_guard lock(mutex_);
    entries_.erase(id);
    if (entries_.empty()) calls.swap(empty_calls_);
  }
  for (const std::function<void()>& call : calls) call();
}

void Connections::when_empty(std::function<void()> call) {
  {
    const std::lock_guard lock(mutex_);
    if (!entries_.empty()) {
      empty_calls_.push_back(std::move(call));
      return;
    }
  }
  call();
}

void Connections::end_all(Ending how) {
  std::vector<End> ends;
  {
    const std::lock_guard lock(mutex_);
    ends.reserve(entries_.size());
    for (const auto& [id, entry] : entries_) ends.push_back(entry.end);
  }
  for (const End& end : ends) end(how);
}

std::size_t Connections::count() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

std::string Connections::dump() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  const Clock::time_point now = Clock::now();
  for (const auto& [id, entry] : entries_) {
    const std::chrono::duration<double> age = now - entry.since;
    fmt::format_to(std::back_inserter(out), "http client {} {}{}{} for {:.1f} s, {} answered\n",
                   entry.peer, describe(entry.phase), entry.detail.empty() ? "" : " ",
                   printable(entry.detail), age.count(), entry.answers);
  }
  return out;
}

}  // namespace jmxbridge
