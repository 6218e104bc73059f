#pragma once

#include <jni.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "base/result.h"
#include "scrape/connector.h"

namespace jmxbridge {

/// The dial functions of the sessions, by number, for the Java side, which asks before it connects.
/// A session that has been closed leaves nothing behind that could still connect. Thread-safe.
class DialTable {
 public:
  /// Takes the dial function out of the table when it dies.
  class Entry {
   public:
    Entry(DialTable& table, std::int64_t id) : table_(table), id_(id) {}
    ~Entry() { table_.remove(id_); }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    std::int64_t id() const { return id_; }

   private:
    DialTable& table_;
    std::int64_t id_;
  };

  /// The table must outlive the entry.
  std::shared_ptr<Entry> add(Dial dial);

  /// Binds Session.dial to this code. An error names what the jar lacks.
  static Result<void> bind(JNIEnv& env, jclass session);

  /// The addresses, or why not.
  Result<std::vector<std::string>> ask(std::int64_t id, const std::string& host,
                                       std::uint16_t port) const;

 private:
  void remove(std::int64_t id);

  mutable std::mutex mutex_;
  std::map<std::int64_t, std::shared_ptr<const Dial>> dials_;
  std::int64_t next_ = 1;
};

}  // namespace jmxbridge
