#include "jni/java_home.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "folder.h"

using namespace jmxbridge;
using Catch::Contains;

namespace {

namespace fs = std::filesystem;

/// A folder of runtimes that look like runtimes, gone with this.
class FakeRuntimes {
 public:
  FakeRuntimes() { fs::create_directory(root_ / "jvm"); }

  /// A runtime of that version; empty: without a release file.
  std::string add(const std::string& name, const std::string& version,
                  const std::string& library = "lib/server/libjvm.so") const {
    const fs::path home = root_ / "jvm" / name;
    fs::create_directories((home / library).parent_path());
    fs::create_directories(home / "bin");
    std::ofstream(home / library) << "x";
    std::ofstream(home / "bin/java") << "x";
    if (!version.empty()) {
      std::ofstream(home / "release") << "IMPLEMENTOR=\"T\"\nJAVA_VERSION=\"" << version << "\"\n";
    }
    return home.string();
  }

  JavaSearch search() const {
    JavaSearch search;
    search.default_home = (root_ / "jvm/default-java").string();
    search.alternative = (root_ / "alternatives-java").string();
    search.all_homes = (root_ / "jvm").string();
    return search;
  }

  const fs::path& root() const { return root_.path(); }

 private:
  Folder root_;
};

}  // namespace

TEST_CASE("java home: the flag wins, and is not gone past when it is wrong", "[jni]") {
  const FakeRuntimes runtimes;
  const std::string good = runtimes.add("jdk-17", "17.0.15");
  const std::string old = runtimes.add("jdk-8", "1.8.0_392", "jre/lib/amd64/server/libjvm.so");
  JavaSearch search = runtimes.search();
  search.java_home = good;
  search.given = good;
  Result<JavaHome> home = find_java_home(search);
  REQUIRE(home.has_value());
  CHECK(home->path == good);
  CHECK(home->version == 17);
  CHECK(home->libjvm == good + "/lib/server/libjvm.so");

  search.given = old;
  home = find_java_home(search);
  REQUIRE_FALSE(home.has_value());
  CHECK_THAT(home.error().text, Contains("is Java 8") && Contains("openjdk-17-jre-headless"));

  search.given = "/nowhere";
  home = find_java_home(search);
  REQUIRE_FALSE(home.has_value());
  CHECK_THAT(home.error().text, Contains("--java.home=/nowhere holds no lib/server/libjvm.so"));
}

TEST_CASE("java home: JAVA_HOME, then the default, then the system's java, then PATH", "[jni]") {
  const FakeRuntimes runtimes;
  const std::string environment = runtimes.add("env", "17.0.1");
  const std::string standard = runtimes.add("default-java", "17.0.2");
  const std::string alternative = runtimes.add("alternative", "17.0.3");
  const std::string on_path = runtimes.add("path", "17.0.4");
  JavaSearch search = runtimes.search();
  search.java_home = environment;
  search.path = "/nowhere::" + on_path + "/bin";
  fs::create_symlink(alternative + "/bin/java", search.alternative);
  CHECK(find_java_home(search)->path == environment);
  search.java_home = "/nowhere";
  CHECK(find_java_home(search)->path == standard);
  fs::remove_all(standard);
  CHECK(find_java_home(search)->path == alternative);
  fs::remove(search.alternative);
  CHECK(find_java_home(search)->path == on_path);
}

TEST_CASE("java home: of all that are installed the newest is taken", "[jni]") {
  const FakeRuntimes runtimes;
  runtimes.add("a", "17.0.15");
  const std::string newest = runtimes.add("b", "25.0.1");
  runtimes.add("c", "11.0.2");
  CHECK(find_java_home(runtimes.search())->path == newest);
}

TEST_CASE("java home: where there is none the error says what was looked at", "[jni]") {
  const FakeRuntimes runtimes;
  JavaSearch search = runtimes.search();
  search.java_home = "/nowhere";
  Result<JavaHome> home = find_java_home(search);
  REQUIRE_FALSE(home.has_value());
  CHECK_THAT(home.error().text, Contains("/nowhere (JAVA_HOME: no libjvm.so)") &&
                                    Contains("default-java (the default: no libjvm.so)") &&
                                    Contains("openjdk-17-jre-headless"));
  runtimes.add("old", "11.0.2");
  home = find_java_home(search);
  REQUIRE_FALSE(home.has_value());
  CHECK_THAT(home.error().text, Contains("/jvm/old (installed: Java 11)"));
}
