#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "exposition/gzip.h"

namespace jmxbridge {

/// What a page is rendered into.
struct PageBuffers {
  std::string text;
  std::string compressed;
  GzipWriter gzip;
};

/// Lends page buffers to requests and keeps a few of them, so that steady scrapes allocate nothing.
/// Thread-safe; outlives what it lends.
class PageBufferPool {
 public:
  class Return {
   public:
    explicit Return(PageBufferPool* pool = nullptr) : pool_(pool) {}
    void operator()(PageBuffers* buffers) const;

   private:
    PageBufferPool* pool_;
  };
  using Lease = std::unique_ptr<PageBuffers, Return>;

  /// Empty buffers; they come back when the lease ends.
  Lease take();

  /// How many buffers are kept at most, and how much memory each may hold on to.
  static constexpr std::size_t kMaxIdle = 4;
  static constexpr std::size_t kMaxIdleBytes = 16 * 1024 * 1024;

 private:
  void give_back(std::unique_ptr<PageBuffers> buffers);

  std::mutex mutex_;
  std::vector<std::unique_ptr<PageBuffers>> idle_;
};

}  // namespace jmxbridge
