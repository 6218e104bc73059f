#include "jrmp/requests.h"

#include <limits>

#include "base/utf.h"

namespace jmxbridge {
namespace {

using namespace std::string_view_literals;

// Object Serialization Stream Protocol, 6.4.2, and RMI Specification, 10.2.
constexpr char kCall = '\x50';
constexpr std::string_view kStreamHeader = "\xac\xed\x00\x05"sv;
constexpr char kBlockData = '\x77';
constexpr char kNull = '\x70';
constexpr char kString = '\x74';
constexpr char kLongString = '\x7c';
constexpr std::uint8_t kCallBlock = 22 + 4 + 8;

// A class descriptor and what RMI's streams add to it: no fields, no codebase, no superclass.
constexpr std::string_view kObjectName =
    "\x73\x72\x00\x1bjavax.management.ObjectName\x0f\x03\xa7\x1b\xeb\x6d\x15\xcf\x03\x00\x00"
    "\x70\x78\x70"sv;
constexpr std::string_view kStringArray =
    "\x75\x72\x00\x13[Ljava.lang.String;\xad\xd2\x56\xe7\xe9\x1d\x7b\x47\x02\x00\x00"
    "\x70\x78\x70"sv;
constexpr std::string_view kObjectNameArray =
    "\x75\x72\x00\x1e[Ljavax.management.ObjectName;\x11\x83\x8f\x54\x35\x38\xc9\xee\x02\x00\x00"
    "\x70\x78\x70"sv;
constexpr std::string_view kMarshalledObjectArray =
    "\x75\x72\x00\x1c[Ljava.rmi.MarshalledObject;\x9e\x68\x72\x87\x73\x9f\x6b\xfe\x02\x00\x00"
    "\x70\x78\x70"sv;
constexpr std::string_view kSubjectArray =
    "\x75\x72\x00\x1e[Ljavax.security.auth.Subject;\x58\x7f\xe4\x29\x63\xdd\xea\x58\x02\x00\x00"
    "\x70\x78\x70"sv;
constexpr std::string_view kDelegate = "JMImplementation:type=MBeanServerDelegate";

void put(std::uint64_t number, int bytes, Bytes& out) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
    out += static_cast<char>(number >> shift);
  }
}

void put_text(std::string_view text, Bytes& out) {
  const std::size_t at = out.size();
  out += kString;
  put(0, 2, out);
  append_as_modified_utf8(text, out);
  const std::size_t size = out.size() - at - 3;
  if (size <= std::numeric_limits<std::uint16_t>::max()) {
    out[at + 1] = static_cast<char>(size >> 8);
    out[at + 2] = static_cast<char>(size);
    return;
  }
  out.resize(at);
  out += kLongString;
  put(size, 8, out);
  append_as_modified_utf8(text, out);
}

void put_name(std::string_view name, Bytes& out) {
  out += kObjectName;
  put_text(name, out);
  out += '\x78';
}

}  // namespace

void Requests::call(std::int64_t method, std::uint8_t primitives, Bytes& out) const {
  out += kCall;
  out += kStreamHeader;
  out += kBlockData;
  out += static_cast<char>(kCallBlock + primitives);
  out.append(reinterpret_cast<const char*>(object_.data()), object_.size());
  put(0xffffffff, 4, out);
  put(static_cast<std::uint64_t>(method), 8, out);
}

void Requests::get_attributes(const ObjectName& name,
                              std::span<const std::string* const> attributes, Bytes& out) const {
  call(method::kGetAttributes, 0, out);
  put_name(name.text(), out);
  out += kStringArray;
  put(attributes.size(), 4, out);
  for (const std::string* attribute : attributes) put_text(*attribute, out);
  out += kNull;
}

void Requests::get_attribute(const ObjectName& name, std::string_view attribute, Bytes& out) const {
  call(method::kGetAttribute, 0, out);
  put_name(name.text(), out);
  put_text(attribute, out);
  out += kNull;
}

void Requests::get_mbean_info(const ObjectName& name, Bytes& out) const {
  call(method::kGetMBeanInfo, 0, out);
  put_name(name.text(), out);
  out += kNull;
}

void Requests::query_names(const ObjectName& pattern, Bytes& out) const {
  call(method::kQueryNames, 0, out);
  put_name(pattern.text(), out);
  out += kNull;
  out += kNull;
}

void Requests::get_default_domain(Bytes& out) const {
  call(method::kGetDefaultDomain, 0, out);
  out += kNull;
}

void Requests::listen_to_delegate(Bytes& out) const {
  call(method::kAddNotificationListeners, 0, out);
  out += kObjectNameArray;
  put(1, 4, out);
  put_name(kDelegate, out);
  out += kMarshalledObjectArray;
  put(1, 4, out);
  out += kNull;
  out += kSubjectArray;
  put(1, 4, out);
  out += kNull;
}

void Requests::fetch_notifications(std::int64_t from, std::int32_t most, std::int64_t milliseconds,
                                   Bytes& out) const {
  constexpr std::uint8_t kPrimitives = 8 + 4 + 8;
  call(method::kFetchNotifications, kPrimitives, out);
  put(static_cast<std::uint64_t>(from), 8, out);
  put(static_cast<std::uint32_t>(most), 4, out);
  put(static_cast<std::uint64_t>(milliseconds), 8, out);
}

}  // namespace jmxbridge
