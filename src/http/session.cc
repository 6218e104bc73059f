#include "http/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/detect_ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <ctime>
#include <exception>
#include <optional>
#include <utility>

#include "base/log.h"
#include "http/as_tuple.h"
#include "http/client_stream.h"
#include "http/handler.h"

namespace jmxbridge {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

using Clock = std::chrono::steady_clock;
using Parser = http::request_parser<http::string_body>;

/// How long, and how much, is still read of a client that is cut off in the middle of a request: a
/// socket closed with bytes unread resets the connection, and the reset can overtake the answer.
constexpr std::chrono::seconds kLingerTime{2};
constexpr std::size_t kLingerBytes = 1024 * 1024;
/// What fits into one record of TLS.
constexpr std::size_t kTlsRecord = 16 * 1024;

template <class Text>
std::string_view view(const Text& text) {
  return {text.data(), text.size()};
}

HttpMethod method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return HttpMethod::kGet;
    case http::verb::head:
      return HttpMethod::kHead;
    case http::verb::post:
      return HttpMethod::kPost;
    default:
      return HttpMethod::kOther;
  }
}

HttpRequest request_from(const Parser& parser) {
  const auto& header = parser.get();
  HttpRequest request;
  request.method = method_of(header.method());
  request.target = view(header.target());
  request.accept = view(header[http::field::accept]);
  const auto [first, last] = header.equal_range(http::field::accept_encoding);
  for (auto line = first; line != last; ++line) {
    if (!request.accept_encoding.empty()) request.accept_encoding += ',';
    request.accept_encoding += view(line->value());
  }
  const auto timeout = header.find("X-Prometheus-Scrape-Timeout-Seconds");
  if (timeout != header.end()) request.scrape_timeout = view(timeout->value());
  const auto authorization = header.find(http::field::authorization);
  if (authorization != header.end()) request.authorization = view(authorization->value());
  return request;
}

/// What a request that cannot be read is answered with; nothing if the client is just gone.
std::optional<Answer> answer_to_bad_request(const beast::error_code& error,
                                            const HttpOptions& options) {
  static const auto& http_errors = make_error_code(http::error::end_of_stream).category();
  if (error.category() != http_errors) return std::nullopt;
  if (error == http::error::end_of_stream || error == http::error::partial_message) {
    return std::nullopt;
  }
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return plain_answer(
        431, fmt::format("The request's header is larger than {} bytes.", options.header_limit));
  }
  if (error == http::error::body_limit) {
    return plain_answer(
        413, fmt::format("The request's body is larger than {} bytes.", options.body_limit));
  }
  return plain_answer(400, "The request is malformed.");
}

/// What every connection has that knows of no other access.
std::shared_ptr<const Access> open_access() {
  static const std::shared_ptr<const Access> access = std::make_shared<const Access>();
  return access;
}

/// One connection. Everything but construction runs on the stream's strand.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(asio::ip::tcp::socket socket, std::shared_ptr<Site> site)
      : site_(std::move(site)),
        stream_(std::move(socket)),
        request_timer_(stream_.get_executor()),
        buffer_(site_->options.header_limit + kReadAhead) {}

  /// Takes a place among the connections and runs; drops the connection if there is none.
  void start() {
    beast::error_code error;
    const auto peer = tcp().socket().remote_endpoint(error);
    peer_ = error ? "(gone)" : fmt::format("{}:{}", peer.address().to_string(), peer.port());
    place_ = site_->connections.join(
        peer_,
        [weak = weak_from_this(), executor = stream_.get_executor()](Connections::Ending how) {
          asio::post(executor, [weak, how] {
            if (const std::shared_ptr<HttpSession> self = weak.lock()) self->end(how);
          });
        });
    const bool admitted = place_ && place_->admitted();
    if (!admitted && site_->options.on_rejected) site_->options.on_rejected();
    if (!place_) return;
    asio::awaitable<void> work = admitted ? run() : turn_away();
    asio::co_spawn(stream_.get_executor(), std::move(work),
                   [self = shared_from_this()](const std::exception_ptr& failure) {
                     self->place_.reset();
                     if (!failure) return;
                     try {
                       std::rethrow_exception(failure);
                     } catch (const std::exception& e) {
                       log::error("An HTTP connection ended unexpectedly: {}", printable(e.what()));
                     }
                   });
  }

 private:
  /// Room in the buffer beyond a header's: for what comes behind it.
  static constexpr std::size_t kReadAhead = 16 * 1024;

  beast::tcp_stream& tcp() { return stream_.plain(); }

  asio::awaitable<void> run() {
    beast::error_code error;
    tcp().socket().set_option(asio::ip::tcp::no_delay(true), error);
    co_await look_up_access();
    bool goes_on = !access_->tls || co_await greet();
    while (goes_on) {
      goes_on = co_await serve_one();
    }
    co_await close();
  }

  asio::awaitable<void> turn_away() {
    const Answer answer =
        plain_answer(503, "Too many connections are open; close some, or try again in a moment.");
    co_await look_up_access();
    cut_off_ = true;
    // A handshake for this would cost more than it tells.
    if (!access_->tls) co_await write_last(answer);
    co_await close();
  }

  asio::awaitable<void> look_up_access() {
    if (!site_->options.access) co_return;
    std::shared_ptr<const Access> access = co_await site_->options.access->current();
    access_ = std::move(access);
  }

  /// Begins to speak TLS; false if that is not what the client does. However slowly it comes, the
  /// whole greeting has one deadline.
  asio::awaitable<bool> greet() {
    idle_ = true;
    place_->enter(ConnectionPhase::kGreeting);
    tcp().expires_after(site_->options.handshake_timeout);
    const auto [error, is_tls] = co_await beast::async_detect_ssl(tcp(), buffer_, kAsTuple);
    if (!error && !is_tls) {
      const Answer answer = plain_answer(400, "This port speaks TLS; ask it with https://.");
      cut_off_ = true;
      co_await write_last(answer);
    }
    bool done = !error && is_tls;
    if (done) done = co_await shake_hands();
    idle_ = false;
    if (!done && site_->options.on_tls_failure) site_->options.on_tls_failure();
    co_return done;
  }

  asio::awaitable<bool> shake_hands() {
    ClientStream::Tls& tls = stream_.speak_tls(access_->tls);
    const asio::const_buffer begun = buffer_.data();
    const auto [error, used] =
        co_await tls.async_handshake(asio::ssl::stream_base::server, begun, kAsTuple);
    if (error) {
      log::debug("TLS with {} did not come about: {}", peer_, printable(error.message()));
      cut_off_ = true;
      co_return false;
    }
    buffer_.consume(buffer_.size());
    co_return true;
  }

  void end(Connections::Ending how) {
    beast::error_code error;
    // What the kernel has already taken in counts as a request under way; a greeting does not.
    const bool idle = idle_ && (!parser_ || (buffer_.size() == 0 && !parser_->got_some() &&
                                             tcp().socket().available(error) == 0));
    if (idle || how == Connections::Ending::kAtOnce) tcp().close();
  }

  /// Reads a request and answers it; false if it was the connection's last.
  asio::awaitable<bool> serve_one() {
    if (site_->draining && buffer_.size() == 0) co_return false;
    std::optional<Answer> refusal;
    const bool complete = co_await read(refusal);
    if (!complete) {
      cut_off_ = refusal.has_value();
      if (refusal) co_await write_last(*refusal);
      co_return false;
    }
    const Clock::time_point arrived = Clock::now();
    bound_time(arrived);
    const HttpRequest request = request_from(*parser_);
    place_->enter(ConnectionPhase::kAnswering, request.target);
    tcp().expires_never();
    co_await look_up_access();
    const Answer answer = co_await answer_safely(request, arrived);
    const bool keep_alive =
        parser_->get().version() == 11 && parser_->keep_alive() && !site_->draining;
    place_->enter(ConnectionPhase::kWriting, request.target);
    const bool written = co_await write(answer, keep_alive, request.method == HttpMethod::kHead);
    place_->count_answer();
    bounded_request_ = 0;
    co_return written&& keep_alive;
  }

  /// Cuts the connection off if the request that arrived now is not answered in time.
  void bound_time(Clock::time_point arrived) {
    const std::chrono::milliseconds limit = site_->options.max_request_time;
    if (limit.count() <= 0) return;
    bounded_request_ = ++requests_;
    request_timer_.expires_at(arrived + limit);
    request_timer_.async_wait(
        [weak = weak_from_this(), request = requests_](const beast::error_code& error) {
          const std::shared_ptr<HttpSession> self = weak.lock();
          // A timer that was set anew can still call for the request before.
          if (!error && self && self->bounded_request_ == request) self->tcp().close();
        });
  }

  /// Reads a request into the parser; false if there is none, with what to answer, if anything.
  asio::awaitable<bool> read(std::optional<Answer>& refusal) {
    idle_ = true;
    place_->enter(ConnectionPhase::kIdle);
    tcp().expires_after(site_->options.idle_timeout);
    beast::error_code error = co_await read_header();
    if (error == http::error::bad_method) {
      const bool dropped = co_await drop_empty_line();
      if (dropped) error = co_await read_header();
    }
    idle_ = false;
    if (!error && has_unknown_coding()) {
      refusal =
          plain_answer(501, "Of transfer codings only chunked is read; send a Content-Length.");
      co_return false;
    }
    if (!error && !parser_->is_done()) {
      place_->enter(ConnectionPhase::kReading, view(parser_->get().target()));
      error = co_await read_body();
    }
    if (error) refusal = answer_to_bad_request(error, site_->options);
    co_return !error;
  }

  asio::awaitable<beast::error_code> read_header() {
    const HttpOptions& options = site_->options;
    // A parser is good for one request.
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(options.header_limit));
    parser_->body_limit(options.body_limit);
    auto [error, size] = co_await http::async_read_header(stream_, buffer_, *parser_, kAsTuple);
    // The parser applies its limit anew to what comes behind a part that it has taken in.
    if (!error && size > options.header_limit) error = http::error::header_limit;
    co_return error;
  }

  /// RFC 9112 (2.2) wants one empty line passed over: there are clients that end a body with one.
  asio::awaitable<bool> drop_empty_line() {
    if (begun() == "\r") {
      const asio::mutable_buffer space = buffer_.prepare(1);
      const auto [error, size] = co_await stream_.async_read_some(space, kAsTuple);
      buffer_.commit(size);
    }
    if (!begun().starts_with("\r\n")) co_return false;
    buffer_.consume(2);
    co_return true;
  }

  /// What has been read of the request.
  std::string_view begun() const {
    const asio::const_buffer data = buffer_.data();
    return {static_cast<const char*>(data.data()), data.size()};
  }

  /// A coding other than chunked alone is not undone here; without a length, one that does not end
  /// in chunked leaves it open where the body ends.
  bool has_unknown_coding() const {
    const auto [first, last] = parser_->get().equal_range(http::field::transfer_encoding);
    return std::any_of(first, last,
                       [](const auto& line) { return !beast::iequals(line.value(), "chunked"); });
  }

  asio::awaitable<beast::error_code> read_body() {
    const auto& header = parser_->get();
    tcp().expires_after(site_->options.idle_timeout);
    if (header.version() == 11 && beast::iequals(header[http::field::expect], "100-continue")) {
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      const asio::const_buffer interim = asio::buffer(kContinue);
      const auto [error, size] = co_await asio::async_write(stream_, interim, kAsTuple);
      if (error) co_return error;
    }
    const auto [error, size] = co_await http::async_read(stream_, buffer_, *parser_, kAsTuple);
    co_return error;
  }

  /// What the handler throws becomes a status, so that one request's failure stays its own.
  asio::awaitable<Answer> answer_safely(const HttpRequest& request, Clock::time_point arrived) {
    try {
      Answer answer = co_await answer_request(*site_, *access_, request, arrived);
      co_return answer;
    } catch (const std::exception& e) {
      log::error("A request for {} failed: {}", printable(request.target), printable(e.what()));
    }
    co_return plain_answer(500, "The request failed inside the exporter; its log says why.");
  }

  /// An answer behind which the connection is closed.
  asio::awaitable<bool> write_last(const Answer& answer) {
    return write(answer, /*keep_alive=*/false, /*head_only=*/false);
  }

  asio::awaitable<bool> write(const Answer& answer, bool keep_alive, bool head_only) {
    head_.clear();
    append_head(answer, access_->headers, keep_alive, std::time(nullptr), head_);
    std::string_view body = head_only ? std::string_view() : answer.body();
    if (stream_.tls() != nullptr && head_.size() < kTlsRecord) {
      // Each buffer becomes records of its own, so a small page would travel in two.
      const std::size_t joined = std::min(body.size(), kTlsRecord - head_.size());
      head_ += body.substr(0, joined);
      body.remove_prefix(joined);
    }
    const std::array<asio::const_buffer, 2> parts = {asio::buffer(head_), asio::buffer(body)};
    tcp().expires_after(site_->options.idle_timeout);
    const auto [error, size] = co_await asio::async_write(stream_, parts, kAsTuple);
    co_return !error;
  }

  asio::awaitable<void> close() {
    place_->enter(ConnectionPhase::kClosing);
    beast::error_code error;
    if (ClientStream::Tls* tls = stream_.tls(); tls != nullptr && !cut_off_) {
      tcp().expires_after(kLingerTime);
      co_await tls->async_shutdown(kAsTuple);
    }
    tcp().socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
    if (cut_off_ || buffer_.size() > 0) {
      tcp().expires_after(kLingerTime);
      std::array<char, 4096> dropped;
      std::size_t total = 0;
      while (!error && total < kLingerBytes) {
        const asio::mutable_buffer space = asio::buffer(dropped);
        const auto [read_error, size] = co_await tcp().async_read_some(space, kAsTuple);
        error = read_error;
        total += size;
      }
    }
    tcp().close();
  }

  const std::shared_ptr<Site> site_;
  ClientStream stream_;
  std::string peer_;
  std::shared_ptr<const Access> access_ = open_access();
  asio::steady_timer request_timer_;
  std::uint64_t requests_ = 0;
  std::uint64_t bounded_request_ = 0;  ///< the one that the timer bounds; 0: none
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::optional<Connections::Place> place_;
  std::string head_;
  bool idle_ = false;     ///< waits for the first byte of a request, or has a part of its header
  bool cut_off_ = false;  ///< the client may still be sending
};

}  // namespace

void serve_connection(asio::ip::tcp::socket socket, std::shared_ptr<Site> site) {
  std::make_shared<HttpSession>(std::move(socket), std::move(site))->start();
}

}  // namespace jmxbridge
