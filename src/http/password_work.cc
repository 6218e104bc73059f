#include "http/password_work.h"

#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace jmxbridge {
namespace {

/// As far as a thread may give way without being starved.
constexpr int kNice = 10;

/// Counts one check for as long as it is there.
class Counted {
 public:
  explicit Counted(std::atomic<std::size_t>& count) : count_(count), number_(++count) {}
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

  std::size_t number() const { return number_; }

 private:
  std::atomic<std::size_t>& count_;
  const std::size_t number_;
};

asio::awaitable<bool> work_on(std::shared_ptr<const PasswordWork::Check> check) {
  co_return (*check)();
}

}  // namespace

PasswordWork::PasswordWork() : pool_(1) {
  // On Linux this is the calling thread's alone.
  asio::post(pool_, [] { ::setpriority(PRIO_PROCESS, 0, kNice); });
}

PasswordWork::~PasswordWork() { stop(); }

asio::awaitable<std::optional<bool>> PasswordWork::run(std::shared_ptr<const Check> check) {
  const Counted counted(under_way_);
  if (counted.number() > kMost) co_return std::nullopt;
  asio::awaitable<bool> work = work_on(std::move(check));
  const bool right = co_await asio::co_spawn(pool_, std::move(work), asio::use_awaitable);
  co_return right;
}

void PasswordWork::stop() {
  pool_.stop();
  pool_.join();
}

}  // namespace jmxbridge
