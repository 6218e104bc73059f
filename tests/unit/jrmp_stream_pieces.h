#pragma once

#include <cstdint>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace jmxbridge::test {

using namespace std::string_literals;

/// Pieces of a serialization stream as RMI writes them: each class is annotated with a null.
namespace stream {

inline std::string number(std::uint64_t value, int bytes) {
  std::string out;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    out += static_cast<char>(value >> shift);
  return out;
}
inline std::string utf(std::string_view text) { return number(text.size(), 2) + std::string(text); }
inline std::string text(std::string_view value) { return "\x74" + utf(value); }

/// `fields` as in a class descriptor, their number in front.
inline std::string class_desc(std::string_view name, char flags, std::string_view fields,
                              std::string_view super = "\x70") {
  return "\x72" + utf(name) + number(1, 8) + flags + std::string(fields) + "\x70\x78" +
         std::string(super);
}
inline const std::string kNoFields = "\0\0"s;

inline std::string long_value(std::int64_t value) {
  const std::string number_class = class_desc("java.lang.Number", 2, kNoFields);
  return "\x73" + class_desc("java.lang.Long", 2, "\0\1J"s + utf("value"), number_class) +
         number(static_cast<std::uint64_t>(value), 8);
}

inline std::string attribute_list(const std::vector<std::pair<std::string, std::string>>& values) {
  std::string out =
      "\x73" + class_desc("javax.management.AttributeList", 2, kNoFields,
                          class_desc("java.util.ArrayList", 3, "\0\1I"s + utf("size")));
  out += number(values.size(), 4) + "\x77\x04" + number(values.size(), 4);
  const std::string fields = "\0\2L"s + utf("name") + text("Ljava/lang/String;") + "L" +
                             utf("value") + text("Ljava/lang/Object;");
  for (const auto& [name, value] : values) {
    out += "\x73" + class_desc("javax.management.Attribute", 2, fields) + text(name) + value;
  }
  return out + "\x78";
}

inline std::string exception(std::string_view name, std::string_view message,
                             std::string_view super = "java.lang.Exception") {
  const std::string fields = "\0\1L"s + utf("detailMessage") + text("Ljava/lang/String;");
  const std::string throwable = class_desc("java.lang.Throwable", 3, fields);
  return "\x73" + class_desc(name, 2, kNoFields, class_desc(super, 2, kNoFields, throwable)) +
         text(message) + "\x78";
}

inline std::string object_name(std::string_view name) {
  return "\x73" + class_desc("javax.management.ObjectName", 3, kNoFields) + text(name) + "\x78";
}

inline std::string object_names(const std::vector<std::string>& names) {
  std::string out =
      "\x75" + class_desc("[Ljavax.management.ObjectName;", 2, kNoFields) + number(names.size(), 4);
  for (const std::string& name : names) out += object_name(name);
  return out;
}

/// Changes as `+NAME` and `-NAME`.
inline std::string notifications(std::int64_t earliest, std::int64_t next,
                                 const std::vector<std::string>& changes) {
  const std::string type = "Ljavax/management/Notification;";
  std::string out = "\x73" +
                    class_desc("javax.management.remote.NotificationResult", 2,
                               "\0\3J"s + utf("earliestSequenceNumber") + "J" +
                                   utf("nextSequenceNumber") + "[" + utf("targetedNotifications") +
                                   text("[Ljavax/management/remote/TargetedNotification;")) +
                    number(static_cast<std::uint64_t>(earliest), 8) +
                    number(static_cast<std::uint64_t>(next), 8) + "\x75" +
                    class_desc("[Ljavax.management.remote.TargetedNotification;", 2, kNoFields) +
                    number(changes.size(), 4);
  for (const std::string& change : changes) {
    out += "\x73" + class_desc("javax.management.remote.TargetedNotification", 2,
                               "\0\1L"s + utf("notif") + text(type));
    out += "\x73" + class_desc("javax.management.MBeanServerNotification", 2,
                               "\0\1L"s + utf("objectName") + text("Ljavax/management/ObjectName;"),
                               class_desc("javax.management.Notification", 2,
                                          "\0\1L"s + utf("type") + text("Ljava/lang/String;")));
    out += text(change[0] == '+' ? "JMX.mbean.registered" : "JMX.mbean.unregistered");
    out += object_name(change.substr(1));
  }
  return out;
}

/// Of the recorded stream tests/data/streams/<path>, what stands behind the header.
inline std::string recorded(const std::string& path) {
  std::ifstream in(std::string(JMXBRIDGE_TEST_DATA) + "/streams/" + path, std::ios::binary);
  if (!in) throw std::runtime_error("no such test input: " + path);
  return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>())
      .substr(4);
}

/// A whole answer.
inline std::string answer(std::string_view value, char kind = 1) {
  return "\x51\xac\xed\0\x05\x77\x0f"s + kind + "\x12\x34\x56\x78" + std::string(10, '\7') +
         std::string(value);
}

}  // namespace stream

}  // namespace jmxbridge::test
