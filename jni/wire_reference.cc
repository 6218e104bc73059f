#include "jni/wire_reference.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/utf.h"

namespace jmxbridge {
namespace {

/// Takes big-endian numbers and texts off the front; anything past the end makes it fail.
class ReferenceReader {
 public:
  explicit ReferenceReader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }

  std::uint32_t number(std::size_t size) {
    std::uint32_t number = 0;
    for (const char c : take(size)) number = number << 8 | static_cast<std::uint8_t>(c);
    return number;
  }

  std::string text() {
    std::string text;
    ok_ = append_modified_utf8(take(number(2)), text) && ok_;
    return text;
  }

  std::string_view take(std::size_t size) {
    if (size > rest_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

std::optional<WireAddress> parse_wire_reference(std::string_view type, std::string_view factory,
                                                std::string_view bytes) {
  ReferenceReader in(bytes);
  bool has_factory = false;
  if (type == "UnicastRef2") {
    const std::uint32_t format = in.number(1);
    if (format > 1) return std::nullopt;
    has_factory = format == 1;
  } else if (type != "UnicastRef") {
    return std::nullopt;
  }
  WireAddress address;
  address.host = in.text();
  const std::uint32_t port = in.number(4);
  const std::string_view id = in.take(address.object_id.size());
  if (!in.ok() || port == 0 || port > 0xffff || address.host.empty()) return std::nullopt;
  std::copy(id.begin(), id.end(), address.object_id.begin());
  address.port = static_cast<std::uint16_t>(port);
  if (has_factory) {
    address.socket = factory == "javax.rmi.ssl.SslRMIClientSocketFactory"
                         ? WireAddress::Socket::kTls
                         : WireAddress::Socket::kCustom;
  }
  return address;
}

}  // namespace jmxbridge
