#include "exposition/gzip.h"

#include <libdeflate.h>

#include <new>

namespace jmxbridge {
namespace {

// A page of 21,000 samples (2.3 MB) takes 4.3 ms and 242 KB at level 1, 7.3 ms and 238 KB at 3,
// 12 ms and 216 KB at 6: names repeat so much that a harder search finds little more.
constexpr int kLevel = 1;

}  // namespace

GzipWriter::GzipWriter() : compressor_(libdeflate_alloc_compressor(kLevel)) {
  if (!compressor_) throw std::bad_alloc();
}
GzipWriter::~GzipWriter() = default;
GzipWriter::GzipWriter(GzipWriter&&) noexcept = default;
GzipWriter& GzipWriter::operator=(GzipWriter&&) noexcept = default;

void GzipWriter::compress(std::string_view body, std::string& out) {
  auto* compressor = static_cast<libdeflate_compressor*>(compressor_.get());
  out.resize(libdeflate_gzip_compress_bound(compressor, body.size()));
  // Cannot fail: the bound is room enough for any input of this size.
  out.resize(
      libdeflate_gzip_compress(compressor, body.data(), body.size(), out.data(), out.size()));
}

void GzipWriter::Free::operator()(void* compressor) const {
  libdeflate_free_compressor(static_cast<libdeflate_compressor*>(compressor));
}

}  // namespace jmxbridge
