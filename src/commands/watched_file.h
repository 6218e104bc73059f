#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace jmxbridge {

/// Tells whether the file at a path is still the one that was last noted: edited in place, put in
/// its place by a rename, or reached through a symbolic link that now leads elsewhere, as with a
/// Kubernetes ConfigMap. Not thread-safe.
class WatchedFile {
 public:
  /// Notes the file that is there now.
  explicit WatchedFile(std::string path);

  const std::string& path() const { return path_; }

  /// True if the path leads to a pipe, which can be read only once.
  bool is_pipe() const;

  /// Takes the file that is there now for the known one. Call it before reading the file, so that
  /// what is written meanwhile counts as a change.
  void note();

  /// True once for each change; the file that is there now is then noted. A file that is missing
  /// or cannot be looked at is no change (verdict Q26), and a pipe, which was read once, has none.
  bool has_changed();

 private:
  /// What tells one file from another, or from itself at another time.
  struct Identity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t seconds = 0;  ///< of its last change, with the nanoseconds
    std::int64_t nanoseconds = 0;
    /// Who may read it: one that could not be read may be readable now.
    std::uint32_t mode = 0;
    std::uint32_t owner = 0;
    std::uint32_t group = 0;

    friend bool operator==(const Identity&, const Identity&) = default;
  };

  std::optional<Identity> look() const;

  std::string path_;
  std::optional<Identity> known_;
};

}  // namespace jmxbridge
