#include "commands/watched_file.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <string>

#include "folder.h"

using namespace jmxbridge;
namespace fs = std::filesystem;

TEST_CASE("watched file: one that nobody touches does not change", "[commands]") {
  const Folder folder;
  WatchedFile file(folder.write("c.yml", "a: 1\n"));
  CHECK_FALSE(file.has_changed());
  CHECK_FALSE(file.has_changed());
}

TEST_CASE("watched file: a change shows once, whatever changes", "[commands]") {
  const Folder folder;
  const std::string path = folder.write("c.yml", "a: 1\n");
  WatchedFile file(path);
  SECTION("the size") { folder.write("c.yml", "a: 12\n"); }
  SECTION("the time, forwards") {
    fs::last_write_time(path, fs::last_write_time(path) + std::chrono::milliseconds(1));
  }
  SECTION("the time, backwards") {
    fs::last_write_time(path, fs::last_write_time(path) - std::chrono::hours(1));
  }
  SECTION("who may read it") { fs::permissions(path, fs::perms::owner_read); }
  SECTION("the file itself, with the same size and time") {
    const auto time = fs::last_write_time(path);
    fs::last_write_time(folder.write("new.yml", "a: 2\n"), time);
    fs::rename(folder / "new.yml", path);
    REQUIRE(fs::last_write_time(path) == time);
  }
  CHECK(file.has_changed());
  CHECK_FALSE(file.has_changed());
}

TEST_CASE("watched file: a link that leads elsewhere is a change", "[commands]") {
  const Folder folder;
  // As Kubernetes swaps a ConfigMap: the file is a link through a folder that is a link.
  fs::create_directory(folder / "v1");
  fs::create_directory(folder / "v2");
  folder.write("v1/c.yml", "a: 1\n");
  folder.write("v2/c.yml", "a: 2\n");
  fs::create_directory_symlink("v1", folder / "data");
  fs::create_symlink("data/c.yml", folder / "c.yml");
  WatchedFile file((folder / "c.yml").string());
  fs::create_directory_symlink("v2", folder / "data_new");
  fs::rename(folder / "data_new", folder / "data");
  CHECK(file.has_changed());
  CHECK_FALSE(file.has_changed());
}

TEST_CASE("watched file: a missing file is no change, another in its place is one", "[commands]") {
  const Folder folder;
  const std::string path = folder.write("c.yml", "a: 1\n");
  WatchedFile file(path);
  fs::rename(path, folder / "aside.yml");
  CHECK_FALSE(file.has_changed());
  fs::rename(folder / "aside.yml", path);
  CHECK_FALSE(file.has_changed());
  fs::remove(path);
  CHECK_FALSE(file.has_changed());
  folder.write("c.yml", "a: 123\n");
  CHECK(file.has_changed());
}

TEST_CASE("watched file: what is noted is no change any more", "[commands]") {
  const Folder folder;
  WatchedFile file(folder.write("c.yml", "a: 1\n"));
  folder.write("c.yml", "a: 12\n");
  file.note();
  CHECK_FALSE(file.has_changed());
  WatchedFile later((folder / "later.yml").string());
  folder.write("later.yml", "a: 1\n");
  CHECK(later.has_changed());
}

TEST_CASE("watched file: a pipe is none that could change", "[commands]") {
  const Folder folder;
  const std::string path = (folder / "fifo").string();
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  WatchedFile file(path);
  CHECK(file.is_pipe());
  fs::last_write_time(path, fs::last_write_time(path) + std::chrono::seconds(1));
  CHECK_FALSE(file.has_changed());
  fs::remove(path);
  CHECK_FALSE(file.is_pipe());
  folder.write("fifo", "a: 1\n");
  CHECK_FALSE(file.is_pipe());
  CHECK(file.has_changed());
}
