// A whole source of the fast lane, against a hostile target on loopback: whatever comes over its
// connections, each call returns in time and tells of each bean once.
//
// An input is how many connections the target serves, what it does behind its last byte, into
// pieces of how many bytes it cuts what it sends, and what it sends, parted evenly.
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf.h"
#include "jrmp/jrmp_lane.h"
#include "tests/fuzz/require.h"

using namespace jmxbridge;
using namespace std::chrono_literals;
using asio::ip::tcp;

namespace {

constexpr std::size_t kBeans = 4;
constexpr std::size_t kHead = 3;

struct Script {
  std::size_t connections = 1;
  bool stays = false;   ///< the target closes nothing by itself
  bool resets = false;  ///< it does not wait until what it sent has been read
  std::size_t piece = 1;
  std::string_view bytes;

  std::string_view part(std::size_t connection) const {
    const std::size_t size = bytes.size() / connections;
    return connection < connections ? bytes.substr(connection * size, size) : std::string_view();
  }
};

Script parse(std::string_view input) {
  const auto number = [&](std::size_t at) { return static_cast<std::uint8_t>(input[at]); };
  Script script;
  script.connections = 1 + number(0) % 4;
  script.stays = number(1) % 8 == 1;
  script.resets = number(1) % 8 == 2;
  script.piece = 1 + std::size_t{number(2)} * number(2);
  script.bytes = input.substr(kHead);
  return script;
}

asio::io_context& context() {
  static asio::io_context context;
  return context;
}

asio::awaitable<void> serve(tcp::socket socket, const Script& script, std::size_t connection) {
  std::array<char, 7> greeting{};
  co_await asio::async_read(socket, asio::buffer(greeting), asio::use_awaitable);
  const std::string_view ack("\x4e\0\1x\0\0\0\1", 8);
  co_await asio::async_write(socket, asio::buffer(ack), asio::use_awaitable);
  std::array<char, 7> own{};
  co_await asio::async_read(socket, asio::buffer(own), asio::use_awaitable);
  for (std::string_view rest = script.part(connection); !rest.empty();) {
    const std::string_view piece = rest.substr(0, script.piece);
    co_await asio::async_write(socket, asio::buffer(piece), asio::use_awaitable);
    rest.remove_prefix(piece.size());
  }
  if (script.resets) socket.set_option(asio::socket_base::linger(true, 0));
  if (!script.stays) co_return;
  std::array<char, 4096> calls{};
  for (;;) co_await socket.async_read_some(asio::buffer(calls), asio::use_awaitable);
}

asio::awaitable<void> accept_all(tcp::acceptor& acceptor, const Script& script) {
  for (std::size_t connection = 0;; ++connection) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    asio::co_spawn(acceptor.get_executor(), serve(std::move(socket), script, connection),
                   [](std::exception_ptr) {});
  }
}

class OnceSink : public FetchSink {
 public:
  void value(std::uint32_t bean, std::uint32_t, const Value& value) override {
    JMXBRIDGE_REQUIRE_PROPERTY(bean < kBeans && !done_[bean]);
    std::string text;
    (void)append_java_text(value, text);
    JMXBRIDGE_REQUIRE_PROPERTY(is_utf8(text));
  }
  void lost(std::uint32_t bean, std::uint32_t, AttributeLoss, std::string_view detail) override {
    JMXBRIDGE_REQUIRE_PROPERTY(bean < kBeans && !done_[bean] && is_utf8(detail));
  }
  void info(std::uint32_t bean, MBeanInfo) override { JMXBRIDGE_REQUIRE_PROPERTY(!done_[bean]); }
  void done(std::uint32_t bean, BeanOutcome, std::string_view detail) override {
    JMXBRIDGE_REQUIRE_PROPERTY(bean < kBeans && !done_[bean] && is_utf8(detail));
    done_[bean] = true;
    ++count;
  }

  std::size_t count = 0;

 private:
  std::array<bool, kBeans> done_{};
};

class OnceDescribeSink : public DescribeSink {
 public:
  void info(std::uint32_t, MBeanInfo) override { ++count; }
  void failed(std::uint32_t, BeanOutcome, std::string_view detail) override {
    JMXBRIDGE_REQUIRE_PROPERTY(is_utf8(detail));
    ++count;
  }

  std::size_t count = 0;
};

Deadline soon() { return std::chrono::steady_clock::now() + 20ms; }

std::shared_ptr<const ReadList> reads() {
  ReadList list;
  for (std::size_t i = 0; i < kBeans; ++i) {
    list.push_back({*ObjectName::parse("d:n=" + std::to_string(i)), {"A", "B"}, i == 1});
  }
  return std::make_shared<const ReadList>(std::move(list));
}

/// What a session is used for, in its order.
asio::awaitable<void> use(Source& source) {
  const ObjectName pattern = *ObjectName::parse("*:*");
  const std::shared_ptr<const ReadList> list = reads();
  const std::array<ObjectName, 2> names = {(*list)[0].name, (*list)[1].name};
  for (int scrape = 0; scrape < 2; ++scrape) {
    (void)co_await source.changes(soon());
    (void)co_await source.query(pattern, soon());
    OnceDescribeSink described;
    (void)co_await source.describe(names, described, soon());
    JMXBRIDGE_REQUIRE_PROPERTY(described.count == names.size());
    OnceSink sink;
    (void)co_await source.fetch(list, sink, soon());
    JMXBRIDGE_REQUIRE_PROPERTY(sink.count == kBeans);
  }
}

Limits limits() {
  Limits limits;
  limits.samples = 20'000;
  limits.answer_bytes = std::size_t{1} << 18;
  return limits;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < kHead) return 0;
  static JrmpLane lane(limits(), {{60s, 300s}, 60s, 5ms, 2ms});
  const Script script = parse({reinterpret_cast<const char*>(data), size});
  tcp::acceptor acceptor(context(), {asio::ip::address_v4::loopback(), 0});
  asio::co_spawn(context(), accept_all(acceptor, script), [](std::exception_ptr) {});
  WireAddress address;
  address.host = "target";
  address.port = acceptor.local_endpoint().port();
  std::unique_ptr<Source> source =
      *lane.make(address, nullptr, [](const std::string&, std::uint16_t) {
        return Result<std::vector<std::string>>(std::vector<std::string>{"127.0.0.1"});
      });
  bool ended = false;
  asio::co_spawn(context(), use(*source), [&](std::exception_ptr thrown) {
    JMXBRIDGE_REQUIRE_PROPERTY(!thrown);
    ended = true;
  });
  context().restart();
  const auto start = std::chrono::steady_clock::now();
  while (!ended) context().run_one();
  JMXBRIDGE_REQUIRE_PROPERTY(std::chrono::steady_clock::now() - start < 10s);
  // All that waits ends before what it refers to.
  source.reset();
  acceptor.close();
  context().restart();
  context().run();
  return 0;
}
