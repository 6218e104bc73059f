#include "base/text_file.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <thread>

#include "folder.h"

namespace jmxbridge {
namespace {

using namespace std::chrono_literals;
using Catch::Contains;

constexpr std::size_t kMost = 1000;

std::string error_of(const std::string& path, FileKind kind = FileKind::kRegularOrPipe) {
  const Result<std::string> text = read_text_file(path, kMost, kind, 50ms);
  REQUIRE_FALSE(text);
  return text.error().text;
}

/// A pipe as a shell makes it for `<(…)`, with what a writer leaves in it.
class ShellPipe {
 public:
  ShellPipe() { REQUIRE(::pipe2(ends_.data(), O_CLOEXEC) == 0); }
  ~ShellPipe() {
    close_writer();
    ::close(ends_[0]);
  }
  ShellPipe(const ShellPipe&) = delete;
  ShellPipe& operator=(const ShellPipe&) = delete;

  std::string path() const { return "/dev/fd/" + std::to_string(ends_[0]); }
  void write(const std::string& text) const {
    REQUIRE(::write(ends_[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  void close_writer() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  std::array<int, 2> ends_{};
};

}  // namespace

TEST_CASE("text file: a regular file is read to its end, or one byte past the bound", "[base]") {
  const Folder folder;
  const std::string path = folder.path("f");
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, kMost, kMost + 1}) {
    folder.write("f", std::string(size, 'x'));
    const Result<std::string> text = read_text_file(path, kMost);
    REQUIRE(text);
    CHECK(text->size() == size);
  }
  folder.write("f", std::string(300'000, 'x'));
  CHECK(read_text_file(path, kMost)->size() == kMost + 1);
  CHECK(read_text_file(path, 200'000)->size() == 200'001);
  // The kernel does not say how long these are.
  CHECK_THAT(*read_text_file("/proc/self/status", 100'000), Contains("Name:"));
}

TEST_CASE("text file: what is no file is said, and not opened", "[base]") {
  const Folder folder;
  CHECK(error_of(folder.path("none")) == "the file does not exist; check the path");
  folder.write("f", "x");
  CHECK_THAT(error_of(folder.path("f/below")), Contains("cannot be opened (Not a directory)"));
  CHECK(error_of(folder.path("")) == "this is a directory; name a file in it");
  CHECK(error_of("/dev/zero") == "this is a socket or a device; name a file");
  CHECK(error_of("/dev/full") == "this is a socket or a device; name a file");

  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  folder.path("socket").copy(address.sun_path, sizeof(address.sun_path) - 1);
  REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  CHECK(error_of(folder.path("socket")) == "this is a socket or a device; name a file");
  ::close(listener);

  CHECK(read_text_file("/dev/null", kMost)->empty());
}

TEST_CASE("text file: a pipe is read once where one is expected", "[base]") {
  ShellPipe pipe;
  pipe.write("hostPort: 127.0.0.1:1\n");
  CHECK_THAT(error_of(pipe.path(), FileKind::kRegular), Contains("this is a pipe, which can be"));
  std::thread writer([&pipe] {
    std::this_thread::sleep_for(10ms);
    pipe.write("rules: []\n");
    pipe.close_writer();
  });
  const Result<std::string> text =
      read_text_file(pipe.path(), kMost, FileKind::kRegularOrPipe, 60s);
  writer.join();
  REQUIRE(text);
  CHECK(*text == "hostPort: 127.0.0.1:1\nrules: []\n");
  CHECK(read_text_file(pipe.path(), kMost, FileKind::kRegularOrPipe, 60s)->empty());
}

TEST_CASE("text file: a pipe with too much in it is read as far as the bound", "[base]") {
  ShellPipe pipe;
  pipe.write(std::string(30'000, 'x'));
  const Result<std::string> text =
      read_text_file(pipe.path(), kMost, FileKind::kRegularOrPipe, 60s);
  REQUIRE(text);
  CHECK(text->size() == kMost + 1);
}

TEST_CASE("text file: who waits for a writer does so for a time", "[base]") {
  ShellPipe pipe;
  CHECK_THAT(error_of(pipe.path()), Contains("did not end in time"));
  pipe.write("half");
  CHECK_THAT(error_of(pipe.path()), Contains("did not end in time"));

  const Folder folder;
  const std::string fifo = folder.path("fifo");
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  CHECK_THAT(error_of(fifo), Contains("did not end in time"));
  CHECK_THAT(error_of(fifo, FileKind::kRegular), Contains("this is a pipe"));
  // One that comes late is waited for.
  std::thread writer([&fifo] {
    const int end = ::open(fifo.c_str(), O_WRONLY | O_CLOEXEC);
    CHECK(::write(end, "late", 4) == 4);
    ::close(end);
  });
  const Result<std::string> text = read_text_file(fifo, kMost, FileKind::kRegularOrPipe, 60s);
  writer.join();
  REQUIRE(text);
  CHECK(*text == "late");
}

TEST_CASE("text file: what others open by its path is looked at first", "[base]") {
  const Folder folder;
  const std::string path = folder.path("f");
  const auto error = [](const std::string& of) {
    const Result<void> fine = check_file(of, kMost);
    REQUIRE_FALSE(fine);
    return fine.error().text;
  };
  CHECK_THAT(error(path), Contains("does not exist"));
  folder.write("f", std::string(kMost, 'x'));
  CHECK(check_file(path, kMost).has_value());
  folder.write("f", std::string(kMost + 1, 'x'));
  CHECK(error(path) == "the file is too large; name another");
  CHECK_THAT(error("/dev/zero"), Contains("this is a socket or a device"));
  CHECK_THAT(error(folder.path("")), Contains("this is a directory"));
  REQUIRE(::mkfifo(folder.path("fifo").c_str(), 0600) == 0);
  CHECK_THAT(error(folder.path("fifo")), Contains("this is a pipe"));
}

}  // namespace jmxbridge
