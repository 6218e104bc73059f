#include "jni/java_home.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/log.h"
#include "base/text_file.h"

namespace jmxbridge {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kInstall =
    "install a Java runtime of version 17 or newer (on Debian: apt-get install "
    "openjdk-17-jre-headless) or name one with --java.home";

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

/// The first number of a Java version; `1.8.0_392` is 8.
int major_version(std::string_view text) {
  if (text.starts_with("1.")) text.remove_prefix(2);
  int version = 0;
  std::from_chars(text.data(), text.data() + text.size(), version);
  return version;
}

/// What the `release` file of a runtime says; 0 if it says nothing.
int release_version(const fs::path& home) {
  constexpr std::size_t kLargest = std::size_t{64} * 1024;
  constexpr std::string_view kKey = "\nJAVA_VERSION=\"";
  const Result<std::string> text = read_text_file(home / "release", kLargest);
  if (!text) return 0;
  const std::string lines = "\n" + *text;
  const std::size_t at = lines.find(kKey);
  if (at == std::string::npos) return 0;
  return major_version(std::string_view(lines).substr(at + kKey.size()));
}

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

/// The runtime at `home`; nothing if there is none. Before Java 9 the library stood in `jre`.
std::optional<JavaHome> examine(const fs::path& home) {
  if (fs::path libjvm = home / "lib/server/libjvm.so"; is_file(libjvm)) {
    return JavaHome{home.string(), libjvm.string(), release_version(home)};
  }
  for (const char* folder : {"jre/lib", "lib"}) {
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(home / folder, ignored)) {
      if (fs::path libjvm = entry.path() / "server/libjvm.so"; is_file(libjvm)) {
        const int version = release_version(home);
        return JavaHome{home.string(), libjvm.string(), version == 0 ? 8 : version};
      }
    }
  }
  return std::nullopt;
}

bool is_new_enough(const JavaHome& home) {
  return home.version == 0 || home.version >= kOldestJava;
}

/// The home of a `java` launcher, links resolved: HOME/bin/java, or HOME/jre/bin/java.
std::optional<fs::path> home_of_launcher(const fs::path& launcher) {
  std::error_code failed;
  const fs::path resolved = fs::canonical(launcher, failed);
  if (failed) return std::nullopt;
  fs::path home = resolved.parent_path().parent_path();
  if (home.filename() == "jre") home = home.parent_path();
  return home;
}

/// Collects what was looked at, for the error.
class Search {
 public:
  /// The runtime at `home` if it is there and new enough.
  std::optional<JavaHome> look_at(const fs::path& home, std::string_view why) {
    std::optional<JavaHome> found = examine(home);
    if (found && is_new_enough(*found)) return found;
    if (!looked_at_.empty()) looked_at_ += ", ";
    looked_at_ += fmt::format("{} ({}: {})", printable(home.string()), why,
                              found ? fmt::format("Java {}", found->version) : "no libjvm.so");
    return std::nullopt;
  }

  std::string text() const { return looked_at_; }

 private:
  std::string looked_at_;
};

std::optional<JavaHome> look_in_path(Search& search, std::string_view path) {
  while (!path.empty()) {
    const std::size_t end = std::min(path.find(':'), path.size());
    const fs::path launcher = fs::path(path.substr(0, end)) / "java";
    path.remove_prefix(std::min(end + 1, path.size()));
    if (!is_file(launcher)) continue;
    if (std::optional<fs::path> home = home_of_launcher(launcher)) {
      if (std::optional<JavaHome> found = search.look_at(*home, "java on PATH")) return found;
    }
    break;
  }
  return std::nullopt;
}

/// All runtimes of a folder, highest version first.
std::optional<JavaHome> look_in_folder(Search& search, const fs::path& folder) {
  std::vector<JavaHome> homes;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    if (std::optional<JavaHome> home = examine(entry.path())) homes.push_back(std::move(*home));
  }
  std::sort(homes.begin(), homes.end(), [](const JavaHome& a, const JavaHome& b) {
    return a.version != b.version ? a.version > b.version : a.path < b.path;
  });
  for (const JavaHome& home : homes) {
    if (std::optional<JavaHome> found = search.look_at(home.path, "installed")) return found;
  }
  if (homes.empty()) search.look_at(folder / "*", "installed");
  return std::nullopt;
}

}  // namespace

JavaSearch JavaSearch::from_environment(std::string given) {
  JavaSearch search;
  search.given = std::move(given);
  search.java_home = environment("JAVA_HOME");
  search.path = environment("PATH");
  return search;
}

Result<JavaHome> find_java_home(const JavaSearch& search) {
  if (!search.given.empty()) {
    std::optional<JavaHome> home = examine(search.given);
    if (!home) {
      return fail(fmt::format("--java.home={} holds no lib/server/libjvm.so; {}",
                              printable(search.given), kInstall));
    }
    if (!is_new_enough(*home)) {
      return fail(fmt::format("--java.home={} is Java {}; {}", printable(search.given),
                              home->version, kInstall));
    }
    return std::move(*home);
  }
  Search looked;
  if (!search.java_home.empty()) {
    if (std::optional<JavaHome> home = looked.look_at(search.java_home, "JAVA_HOME")) {
      return std::move(*home);
    }
  }
  if (std::optional<JavaHome> home = looked.look_at(search.default_home, "the default")) {
    return std::move(*home);
  }
  if (std::optional<fs::path> path = home_of_launcher(search.alternative)) {
    if (std::optional<JavaHome> home = looked.look_at(*path, "the system's java")) {
      return std::move(*home);
    }
  }
  if (std::optional<JavaHome> home = look_in_path(looked, search.path)) return std::move(*home);
  if (std::optional<JavaHome> home = look_in_folder(looked, search.all_homes)) {
    return std::move(*home);
  }
  return fail(
      fmt::format("There is no usable Java runtime; looked at {}; {}", looked.text(), kInstall));
}

}  // namespace jmxbridge
