#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace jmxbridge {

/// Compresses whole bodies as gzip members (RFC 1952). Not thread-safe; keeps its memory.
class GzipWriter {
 public:
  GzipWriter();
  ~GzipWriter();
  GzipWriter(GzipWriter&&) noexcept;
  GzipWriter& operator=(GzipWriter&&) noexcept;

  /// Replaces `out` by `body`, compressed.
  void compress(std::string_view body, std::string& out);

 private:
  struct Free {
    void operator()(void* compressor) const;
  };
  std::unique_ptr<void, Free> compressor_;
};

}  // namespace jmxbridge
