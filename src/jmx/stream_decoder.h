#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "jmx/limits.h"
#include "jmx/mbean_info.h"
#include "jmx/notifications.h"
#include "jmx/object_name.h"
#include "jmx/thrown.h"
#include "jmx/value.h"

namespace jmxbridge {

/// One javax.management.Attribute.
struct NamedValue {
  std::string_view name;
  Value value;
  bool over_limit = false;  ///< the value passes a bound and is left out: `value` is null
};

/// Reads Java serialization streams (Java Object Serialization Specification, chapter 6) without
/// any class: what a stream describes is walked, known JDK classes become Values, nothing is
/// instantiated. Both protocol version 2 and 1 (which RMI answers use) are read.
///
/// Not thread-safe. Memory is kept from one call to the next, so that a steady reader allocates
/// nothing.
class StreamDecoder {
 public:
  explicit StreamDecoder(const Limits& limits);
  ~StreamDecoder();
  StreamDecoder(StreamDecoder&&) noexcept;
  StreamDecoder& operator=(StreamDecoder&&) noexcept;

  /// Decodes a whole stream (`ac ed 00 05`, one object) into a Value whose views live until the
  /// next call on this decoder, and no longer than `stream`. A class outside the JDK gives
  /// kUnknownClass; bytes that break the format give kMalformed, a passed bound kLimit.
  Result<Value> decode_value(std::span<const std::byte> stream);

  /// Decodes a stream that holds a javax.management.MBeanInfo or a subclass of it.
  Result<MBeanInfo> decode_mbean_info(std::span<const std::byte> stream);

  /// Decodes a javax.management.AttributeList, in its order. A value of an unknown class or past a
  /// bound costs itself only. The views live as those of decode_value.
  Result<std::span<const NamedValue>> decode_attribute_list(std::span<const std::byte> stream);

  /// Decodes an ObjectName[] or a collection of ObjectNames, in the order of the stream, without
  /// those that are no names here. How many are too many is for the caller to say.
  Result<std::vector<ObjectName>> decode_object_names(std::span<const std::byte> stream);

  /// Reads the one object at the front of `bytes`, of a stream whose header has been taken off; the
  /// bytes may be cut off anywhere, and other things may stand behind the object. Returns how many
  /// bytes it takes, or nothing if more are needed. What it is, the calls below say until the next
  /// call that reads; views live until then, and no longer than `bytes`.
  Result<std::optional<std::size_t>> read_front(std::span<const std::byte> bytes);
  /// True if the last read failed because the writer threw, and wrote that in place of the rest;
  /// it then writes nothing more.
  bool writer_threw() const;

  Result<Value> value();
  Result<MBeanInfo> mbean_info();
  Result<std::span<const NamedValue>> attribute_list();
  Result<std::vector<ObjectName>> object_names();
  /// A javax.management.remote.NotificationResult.
  Result<Notifications> notifications();
  /// A java.lang.Throwable; of anything else, an empty one.
  Thrown thrown();

 private:
  class Reader;
  std::unique_ptr<Reader> reader_;
};

}  // namespace jmxbridge
