#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "scrape/target.h"

namespace jmxbridge {

/// Lends the memory of scrape results and takes it back when the last who holds one lets go, so
/// that steady scrapes allocate nothing for them. Thread-safe; held by what it lends.
class ResultPool : public std::enable_shared_from_this<ResultPool> {
 public:
  ResultPool() = default;
  ~ResultPool();
  ResultPool(const ResultPool&) = delete;
  ResultPool& operator=(const ResultPool&) = delete;

  /// A result without a page; its values are those of an earlier one.
  std::shared_ptr<ScrapeResult> take();

  /// How many results are kept for the next ones: that of the last scrape is mostly still held.
  static constexpr std::size_t kMostIdle = 2;

 private:
  class Return;
  template <class T>
  class Blocks;

  void give_back(std::unique_ptr<ScrapeResult> result);
  void* take_block(std::size_t size);
  void give_back_block(void* block, std::size_t size) noexcept;

  std::mutex mutex_;
  std::vector<std::unique_ptr<ScrapeResult>> idle_;
  std::vector<void*> blocks_;  ///< of the shared pointers' own
  std::size_t block_size_ = 0;
};

}  // namespace jmxbridge
