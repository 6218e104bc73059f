#include "jmx/notification_reader.h"

#include <optional>
#include <string_view>
#include <utility>

namespace jmxbridge {
namespace {

std::optional<Notifications::One> read_one(const Node* targeted, ValueBuilder& builder) {
  const ObjectNode* const outer = as_object(targeted, JdkClass::kTargetedNotification);
  if (outer == nullptr) return std::nullopt;
  const ObjectNode* const notification =
      as_object(find_reference(*outer, JdkClass::kTargetedNotification, "notif"),
                JdkClass::kMBeanServerNotification);
  if (notification == nullptr) return std::nullopt;
  const std::string_view type =
      text_of(find_reference(*notification, JdkClass::kNotification, "type"));
  const bool registered = type == "JMX.mbean.registered";
  if (!registered && type != "JMX.mbean.unregistered") return std::nullopt;
  const Node* const object =
      find_reference(*notification, JdkClass::kMBeanServerNotification, "objectName");
  if (as_object(object, JdkClass::kObjectName) == nullptr) return std::nullopt;
  Result<ObjectName> name = ObjectName::parse(builder.object_name_text(object));
  if (!name) return std::nullopt;
  return Notifications::One{registered, std::move(*name)};
}

}  // namespace

Result<Notifications> read_notifications(const ObjectNode& result, ValueBuilder& builder) {
  constexpr JdkClass kResult = JdkClass::kNotificationResult;
  const Cell* const earliest = find_field(result, kResult, "earliestSequenceNumber", 'J');
  const Cell* const next = find_field(result, kResult, "nextSequenceNumber", 'J');
  if (earliest == nullptr || next == nullptr) {
    return fail(ErrorKind::kMalformed, "the target's notifications have no sequence numbers");
  }
  Notifications read;
  read.earliest = earliest->bits;
  read.next = next->bits;
  const NodeList list = array_of(find_reference(result, kResult, "targetedNotifications"));
  read.count = list.size();
  read.list.reserve(list.size());
  for (const Node* targeted : list) {
    std::optional<Notifications::One> one = read_one(targeted, builder);
    if (one) read.list.push_back(std::move(*one));
  }
  return read;
}

}  // namespace jmxbridge
