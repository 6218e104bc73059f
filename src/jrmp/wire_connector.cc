#include "jrmp/wire_connector.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <optional>
#include <utility>

#include "base/log.h"

namespace jmxbridge {

WireConnector::WireConnector(WireAddress address, std::shared_ptr<TlsPeer> tls, Dial dial,
                             std::shared_ptr<asio::thread_pool> resolvers)
    : address_(std::move(address)),
      tls_(std::move(tls)),
      dial_(std::move(dial)),
      resolvers_(std::move(resolvers)) {}

std::string WireConnector::text() const {
  const bool brackets = address_.host.find(':') != std::string::npos;
  return brackets ? fmt::format("[{}]:{}", printable(address_.host), address_.port)
                  : fmt::format("{}:{}", printable(address_.host), address_.port);
}

void WireConnector::prepare(const asio::any_io_executor& executor) {
  if (!waiter_) waiter_ = std::make_shared<Waiter>(executor);
  waiter_->clear_abort();
}

asio::awaitable<Result<std::shared_ptr<Connection>>> WireConnector::open(Deadline deadline) {
  if (addresses_.empty()) {
    Result<void> resolved = co_await resolve(deadline);
    if (!resolved) co_return fail(std::move(resolved.error()));
  }
  std::string problem = "there is no address";
  std::string tls_problem;
  for (std::size_t i = 0; i < addresses_.size(); ++i) {
    const auto now = Waiter::Clock::now();
    if (waiter_->is_aborted() || (i > 0 && now >= deadline)) break;
    const auto share = (deadline - now) / static_cast<int>(addresses_.size() - i);
    auto connection = std::make_shared<Connection>(waiter_, tls_);
    problem = co_await connection->open(addresses_[i], address_.port, now + share);
    if (problem.empty()) {
      has_connected_ = true;
      co_return connection;
    }
    tls_problem = connection->tls_problem(text());
  }
  if (waiter_->is_aborted()) {
    co_return fail(ErrorKind::kAborted, fmt::format("Reading {} was ended from here", text()));
  }
  const ErrorKind kind = has_connected_ ? ErrorKind::kSession : ErrorKind::kFailed;
  if (!tls_problem.empty()) co_return fail(kind, std::move(tls_problem));
  co_return fail(
      Waiter::Clock::now() >= deadline ? ErrorKind::kDeadline : kind,
      fmt::format("{} cannot be read directly: {}; check that the address which the target's stub "
                  "names can be reached",
                  text(), problem));
}

asio::awaitable<Result<void>> WireConnector::resolve(Deadline deadline) {
  using Addresses = Result<std::vector<std::string>>;
  const auto found = std::make_shared<std::optional<Addresses>>();
  asio::post(*resolvers_, [found, dial = dial_, address = address_, waiter = waiter_] {
    auto addresses = std::make_shared<Addresses>(dial(address.host, address.port));
    asio::post(waiter->executor(), [found, addresses, waiter] {
      found->emplace(std::move(*addresses));
      waiter->wake();
    });
  });
  while (!*found) {
    if (waiter_->is_aborted()) {
      co_return fail(ErrorKind::kAborted, fmt::format("Reading {} was ended from here", text()));
    }
    if (Waiter::Clock::now() >= deadline) {
      co_return fail(
          ErrorKind::kDeadline,
          fmt::format("{} could not be resolved in time; check the name server", text()));
    }
    co_await waiter_->wait(deadline);
  }
  if (!**found) co_return fail(std::move((*found)->error()));
  addresses_ = std::move(***found);
  co_return Result<void>();
}

}  // namespace jmxbridge
