#include "http/server.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <exception>
#include <utility>

#include "base/log.h"
#include "http/as_tuple.h"
#include "http/listen.h"
#include "http/session.h"
#include "http/site.h"

namespace jmxbridge {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

/// How long accepting rests after an error such as too many open files, which would come again at
/// once.
constexpr std::chrono::milliseconds kFirstRest{50};
constexpr std::chrono::milliseconds kLongestRest{1'000};

}  // namespace

/// The sockets that listen. The acceptors belong to the strand once started.
class HttpServer::Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(const asio::io_context::executor_type& executor, HttpOptions options,
           ScrapeService& service, ConfigurationService& configuration)
      : executor_(executor),
        strand_(asio::make_strand(executor_)),
        site_(std::make_shared<Site>(std::move(options), service, configuration)) {}

  Result<void> start() {
    std::vector<tcp::acceptor> acceptors;
    std::vector<std::uint16_t> ports;
    for (const HttpOptions::Address& address : site_->options.listen) {
      Result<tcp::acceptor> acceptor = listen_at(strand_, address);
      if (!acceptor) return fail(std::move(acceptor).error());
      error_code error;
      ports.push_back(acceptor->local_endpoint(error).port());
      acceptors.push_back(*std::move(acceptor));
    }
    acceptors_ = std::move(acceptors);
    ports_ = std::move(ports);
    for (tcp::acceptor& acceptor : acceptors_) {
      asio::co_spawn(strand_, accept(acceptor),
                     [self = shared_from_this()](const std::exception_ptr& failure) {
                       if (!failure) return;
                       try {
                         std::rethrow_exception(failure);
                       } catch (const std::exception& e) {
                         log::error("The daemon no longer accepts HTTP connections: {}; restart it",
                                    printable(e.what()));
                       }
                     });
    }
    return {};
  }

  const std::vector<std::uint16_t>& ports() const { return ports_; }
  const asio::any_io_executor& strand() const { return strand_; }
  Site& site() { return *site_; }

  /// On the strand.
  asio::awaitable<void> drain(Deadline deadline) {
    close_acceptors();
    Connections& connections = site_->connections;
    connections.end_all(Connections::Ending::kWhenIdle);
    const auto timer = std::make_shared<asio::steady_timer>(strand_, deadline);
    connections.when_empty(
        [timer, strand = strand_] { asio::post(strand, [timer] { timer->cancel(); }); });
    const auto [error] = co_await timer->async_wait(kAsTuple);
    // Without an error the deadline has passed.
    if (!error) connections.end_all(Connections::Ending::kAtOnce);
  }

  /// From any thread.
  void stop() {
    site_->draining = true;
    asio::post(strand_, [self = shared_from_this()] {
      self->close_acceptors();
      self->site_->connections.end_all(Connections::Ending::kAtOnce);
    });
  }

 private:
  void close_acceptors() {
    error_code ignored;
    for (tcp::acceptor& acceptor : acceptors_) acceptor.close(ignored);
  }

  asio::awaitable<void> accept(tcp::acceptor& acceptor) {
    std::chrono::milliseconds rest = kFirstRest;
    while (acceptor.is_open()) {
      const asio::any_io_executor own_strand = asio::make_strand(executor_);
      auto [error, socket] = co_await acceptor.async_accept(own_strand, kAsTuple);
      if (!acceptor.is_open()) break;
      if (!error) {
        rest = kFirstRest;
        serve(std::move(socket));
        continue;
      }
      if (error == asio::error::connection_aborted) continue;
      log::warn("An HTTP connection could not be accepted ({}); trying again in {} ms",
                error.message(), rest.count());
      asio::steady_timer timer(strand_, rest);
      co_await timer.async_wait(kAsTuple);
      rest = std::min(rest * 2, kLongestRest);
    }
  }

  void serve(tcp::socket socket) {
    try {
      serve_connection(std::move(socket), site_);
    } catch (const std::exception& e) {
      log::error("An HTTP connection was dropped: {}", printable(e.what()));
    }
  }

  const asio::io_context::executor_type executor_;
  const asio::any_io_executor strand_;
  const std::shared_ptr<Site> site_;
  std::vector<tcp::acceptor> acceptors_;
  std::vector<std::uint16_t> ports_;
};

HttpServer::HttpServer(const asio::io_context::executor_type& executor, HttpOptions options,
                       ScrapeService& service, ConfigurationService& configuration)
    : listener_(std::make_shared<Listener>(executor, std::move(options), service, configuration)) {}

HttpServer::~HttpServer() {
  try {
    listener_->stop();
  } catch (const std::exception&) {
    // There is no memory left to post the end with; the context's own end closes the sockets.
  }
}

Result<void> HttpServer::start() { return listener_->start(); }

std::vector<std::uint16_t> HttpServer::ports() const { return listener_->ports(); }

asio::awaitable<void> HttpServer::drain(Deadline deadline) {
  const std::shared_ptr<Listener> listener = listener_;
  listener->site().draining = true;
  asio::awaitable<void> work = listener->drain(deadline);
  co_await asio::co_spawn(listener->strand(), std::move(work), asio::use_awaitable);
}

std::string HttpServer::dump() const { return listener_->site().connections.dump(); }

}  // namespace jmxbridge
