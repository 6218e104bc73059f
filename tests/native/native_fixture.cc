#include "native_fixture.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "jni/java_runtime.h"

namespace jmxbridge::test {

namespace ip = asio::ip;

JavaVm& embedded_java() {
  static Result<JavaVm> java = [] {
    JavaOptions options;
    // Classes of the tests beside those of the program, which lie next to this executable.
    const auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    options.options =
        fmt::format("-Djava.class.path={}/jmxbridge.jar:" TARGET_JAR " ", folder.string());
    if (const char* more = std::getenv("JMXBRIDGE_TEST_JAVA_OPTIONS")) options.options += more;
    return JavaVm::start(options);
  }();
  if (!java) throw std::runtime_error(java.error().text);
  return *java;
}

void call_java(const char* type, const char* method) {
  std::promise<bool> called;
  embedded_java().runtime()->post(JavaRuntime::Work::kRead, [&](JNIEnv& env) {
    jclass found = env.FindClass(type);
    jmethodID id = found == nullptr ? nullptr : env.GetStaticMethodID(found, method, "()V");
    if (id != nullptr) env.CallStaticVoidMethod(found, id);
    called.set_value(id != nullptr && !env.ExceptionCheck());
  });
  REQUIRE(called.get_future().get());
}

JvmConnector& connector() {
  static JvmConnector connector(embedded_java(), Limits{});
  return connector;
}

asio::io_context& test_context() {
  static asio::io_context context;
  return context;
}

namespace {

/// The version that a JDK's `release` file names.
std::string version_of(const std::filesystem::path& home) {
  constexpr std::string_view kKey = "JAVA_VERSION=\"";
  std::ifstream file(home / "release");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(kKey))
      return line.substr(kKey.size(), line.find('"', kKey.size()) - kKey.size());
  }
  return {};
}

std::optional<std::string> find_jdk25() {
  std::error_code ignored;
  std::vector<std::filesystem::path> homes;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/jvm", ignored)) {
    homes.push_back(entry.path());
  }
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const auto java = std::filesystem::canonical(std::filesystem::path(folder) / "java", ignored);
    if (!ignored) homes.push_back(java.parent_path().parent_path());
  }
  for (const std::filesystem::path& home : homes) {
    const std::string version = version_of(home);
    const std::string java = home / "bin/java";
    if ((version == "25" || version.starts_with("25.")) && ::access(java.c_str(), X_OK) == 0) {
      return java;
    }
  }
  return std::nullopt;
}

bool is_required(std::string_view name) {
  const char* text = std::getenv("JMXBRIDGE_REQUIRE");
  std::istringstream words(text == nullptr ? "" : text);
  return std::find(std::istream_iterator<std::string>(words), {}, name) !=
         std::istream_iterator<std::string>();
}

}  // namespace

const std::vector<std::string>& launchers() {
  static const std::vector<std::string> found = [] {
    std::vector<std::string> list = {TARGET_JAVA};
    if (std::optional<std::string> newer = find_jdk25()) {
      list.push_back(std::move(*newer));
    } else if (is_required("jdk25")) {
      throw std::runtime_error(
          "JMXBRIDGE_REQUIRE names jdk25, and there is no JDK 25 in /usr/lib/jvm or as java on the "
          "PATH");
    } else {
      std::cout << "left out: targets of JDK 25, because there is none in /usr/lib/jvm or as java "
                   "on the PATH\n";
    }
    return list;
  }();
  return found;
}

TargetJvm::TargetJvm(const Options& options)
    : port_(options.port != 0 ? options.port : free_port()) {
  std::vector<std::string> words = {
      options.java,
      "-Xmx128m",
      "-XX:+UseSerialGC",
      "-XX:TieredStopAtLevel=1",
      fmt::format("-Dcom.sun.management.jmxremote.port={}", port_),
      fmt::format("-Dcom.sun.management.jmxremote.rmi.port={}", port_),
      "-Dcom.sun.management.jmxremote.host=127.0.0.1",
      "-Djava.rmi.server.hostname=127.0.0.1",
      "-Dcom.sun.management.jmxremote.authenticate=false",
      "-Dcom.sun.management.jmxremote.ssl=false",
  };
  words.insert(words.end(), options.flags.begin(), options.flags.end());
  words.insert(words.end(), {"-cp", TARGET_JAR, "MutableTarget"});
  words.insert(words.end(), options.commands.begin(), options.commands.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  std::array<int, 2> to{};
  std::array<int, 2> from{};
  if (::pipe2(to.data(), O_CLOEXEC) != 0 || ::pipe2(from.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe");
  }
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(to[0], 0);
    ::dup2(from[1], 1);
    ::unsetenv("JAVA_TOOL_OPTIONS");
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(to[0]);
  ::close(from[1]);
  in_ = to[1];
  out_ = from[0];
  for (std::string line = read_line(); line != "ready"; line = read_line()) {
    if (line.empty()) throw std::runtime_error("the target did not start");
  }
}

TargetJvm::~TargetJvm() {
  kill();
  ::close(in_);
  ::close(out_);
}

std::string TargetJvm::read_line() {
  for (;;) {
    if (const std::size_t end = unread_.find('\n'); end != std::string::npos) {
      std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return line;
    }
    std::array<char, 4096> bytes{};
    const ssize_t count = ::read(out_, bytes.data(), bytes.size());
    if (count <= 0) return {};
    unread_.append(bytes.data(), static_cast<std::size_t>(count));
  }
}

std::string TargetJvm::command(const std::string& line) {
  const std::string text = line + '\n';
  if (::write(in_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    throw std::runtime_error("the target is gone");
  }
  const std::string answer = read_line();
  if (!answer.starts_with("ok")) throw std::runtime_error(line + ": " + answer);
  return answer.size() > 3 ? answer.substr(3) : std::string();
}

void TargetJvm::freeze() {
  ::kill(pid_, SIGSTOP);
  ::waitpid(pid_, nullptr, WUNTRACED);
}

void TargetJvm::thaw() { ::kill(pid_, SIGCONT); }

void TargetJvm::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

struct PlainServer::State {
  asio::io_context context;
  ip::tcp::acceptor acceptor{context, {ip::make_address_v4("127.0.0.1"), 0}};
  std::uint16_t port = acceptor.local_endpoint().port();
  std::string answer;
  std::thread thread;
};

namespace {

asio::awaitable<void> answer_one(ip::tcp::socket socket, const std::string& answer) {
  std::array<char, 512> bytes{};
  co_await socket.async_read_some(asio::buffer(bytes), asio::use_awaitable);
  co_await asio::async_write(socket, asio::buffer(answer), asio::use_awaitable);
}

asio::awaitable<void> answer_all(ip::tcp::acceptor& acceptor, const std::string& answer) {
  for (;;) {
    ip::tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    asio::co_spawn(acceptor.get_executor(), answer_one(std::move(socket), answer),
                   [](std::exception_ptr) {});
  }
}

}  // namespace

PlainServer::PlainServer(std::string answer) : state_(std::make_unique<State>()) {
  state_->answer = std::move(answer);
  asio::co_spawn(state_->context, answer_all(state_->acceptor, state_->answer),
                 [](std::exception_ptr) {});
  state_->thread = std::thread([state = state_.get()] { state->context.run(); });
}

PlainServer::~PlainServer() {
  state_->context.stop();
  state_->thread.join();
}

std::uint16_t PlainServer::port() const { return state_->port; }

Dial loopback_dial(std::shared_ptr<std::vector<std::string>> asked) {
  return [asked](const std::string& host, std::uint16_t port) -> Result<std::vector<std::string>> {
    if (asked) asked->push_back(fmt::format("{}:{}", host, port));
    if (host == "localhost") return std::vector<std::string>{"127.0.0.1"};
    if (host.starts_with("127.")) return std::vector<std::string>{host};
    return fail(fmt::format("The name {} cannot be resolved; check its spelling", host));
  };
}

Endpoint endpoint_of(std::uint16_t port) {
  Endpoint endpoint;
  endpoint.url = fmt::format("service:jmx:rmi:///jndi/rmi://127.0.0.1:{}/jmxrmi", port);
  endpoint.dial = loopback_dial();
  return endpoint;
}

std::string RecordingSink::key(std::uint32_t bean, std::uint32_t attribute) const {
  const BeanRead& read = reads_.at(bean);
  return std::string(read.name.text()) + '.' + read.attributes[attribute];
}

namespace {

std::string text_of(const Value& value) {
  switch (value.kind) {
    case ValueKind::kNull:
      return "null";
    case ValueKind::kComposite: {
      std::string text = "{";
      for (std::size_t i = 0; i < value.composite->names.size(); i++) {
        text += fmt::format("{}{}={}", i == 0 ? "" : ",", value.composite->names[i],
                            text_of(value.composite->values[i]));
      }
      return text + '}';
    }
    case ValueKind::kTabular: {
      std::string text = "[";
      for (const CompositeValue* row : value.tabular->rows) {
        Value one;
        one.kind = ValueKind::kComposite;
        one.composite = row;
        text += text_of(one);
      }
      return text + ']';
    }
    default: {
      std::string text;
      return append_java_text(value, text) ? text : "?";
    }
  }
}

}  // namespace

void RecordingSink::value(std::uint32_t bean, std::uint32_t attribute, const Value& value) {
  values[key(bean, attribute)] = text_of(value);
}

void RecordingSink::lost(std::uint32_t bean, std::uint32_t attribute, AttributeLoss why,
                         std::string_view detail) {
  losses[key(bean, attribute)] = why;
  loss_details[key(bean, attribute)] = detail;
}

void RecordingSink::info(std::uint32_t bean, MBeanInfo info) { infos[bean] = std::move(info); }

void RecordingSink::done(std::uint32_t bean, BeanOutcome outcome, std::string_view detail) {
  if (outcomes.contains(bean)) told_twice++;
  outcomes[bean] = outcome;
  details[bean] = detail;
}

Session open_session(std::uint16_t port, JvmConnector& with) {
  const Endpoint endpoint = endpoint_of(port);
  Result<Session> session = wait_for(with.open(endpoint, in(kPatience)));
  INFO((session ? std::string() : session.error().text));
  REQUIRE(session.has_value());
  return std::move(*session);
}

JrmpLane& fast_lane() {
  static JrmpLane lane{Limits{}};
  return lane;
}

std::unique_ptr<Source> make_fast(const WireAddress& wire, const TlsMaterial* tls, JrmpLane& lane) {
  Result<std::unique_ptr<Source>> made = lane.make(wire, tls, loopback_dial());
  INFO((made ? std::string() : made.error().text));
  REQUIRE(made.has_value());
  return std::move(*made);
}

LaneSession open_lane(TestLane lane, std::uint16_t port, const LaneTimes& times) {
  LaneSession opened;
  opened.connector = std::make_unique<JvmConnector>(embedded_java(), Limits{}, times);
  opened.session = open_session(port, *opened.connector);
  if (lane == TestLane::kPortable) return opened;
  REQUIRE(opened.session.wire.has_value());
  opened.wire = std::make_unique<JrmpLane>(Limits{}, times);
  opened.fast = make_fast(*opened.session.wire, nullptr, *opened.wire);
  return opened;
}

Error open_error(const Endpoint& endpoint, std::chrono::milliseconds time) {
  Result<Session> session = wait_for(connector().open(endpoint, in(time)));
  REQUIRE_FALSE(session.has_value());
  return session.error();
}

ObjectName name(std::string_view text) { return *ObjectName::parse(text); }

BeanRead read_of(std::string_view text, std::vector<std::string> attributes, bool watch) {
  return {name(text), std::move(attributes), watch};
}

std::shared_ptr<const ReadList> reads_of(std::vector<BeanRead> reads) {
  return std::make_shared<const ReadList>(std::move(reads));
}

}  // namespace jmxbridge::test
