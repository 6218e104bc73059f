#include "jmx/jdk_class.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace jmxbridge {
namespace {

struct NamedClass {
  std::string_view name;
  JdkClass known;
};

constexpr NamedClass kClasses[] = {
    {"java.lang.Byte", JdkClass::kByte},
    {"java.lang.Short", JdkClass::kShort},
    {"java.lang.Integer", JdkClass::kInteger},
    {"java.lang.Long", JdkClass::kLong},
    {"java.lang.Float", JdkClass::kFloat},
    {"java.lang.Double", JdkClass::kDouble},
    {"java.lang.Boolean", JdkClass::kBoolean},
    {"java.lang.Character", JdkClass::kCharacter},
    {"java.math.BigInteger", JdkClass::kBigInteger},
    {"java.math.BigDecimal", JdkClass::kBigDecimal},
    {"java.util.concurrent.atomic.AtomicInteger", JdkClass::kAtomicInteger},
    {"java.util.concurrent.atomic.AtomicLong", JdkClass::kAtomicLong},
    {"java.util.concurrent.atomic.AtomicBoolean", JdkClass::kAtomicBoolean},
    {"java.util.concurrent.atomic.LongAdder$SerializationProxy", JdkClass::kLongAdder},
    {"java.util.concurrent.atomic.LongAccumulator$SerializationProxy", JdkClass::kLongAdder},
    {"java.util.concurrent.atomic.DoubleAdder$SerializationProxy", JdkClass::kDoubleAdder},
    {"java.util.concurrent.atomic.DoubleAccumulator$SerializationProxy", JdkClass::kDoubleAdder},
    {"java.util.Date", JdkClass::kDate},
    {"java.sql.Date", JdkClass::kSqlDate},
    {"java.sql.Time", JdkClass::kSqlTime},
    {"java.sql.Timestamp", JdkClass::kSqlTimestamp},
    {"javax.management.ObjectName", JdkClass::kObjectName},
    {"javax.management.Attribute", JdkClass::kAttribute},
    {"javax.management.openmbean.OpenType", JdkClass::kOpenType},
    {"javax.management.openmbean.TabularType", JdkClass::kTabularType},
    {"javax.management.openmbean.CompositeDataSupport", JdkClass::kCompositeData},
    {"javax.management.openmbean.TabularDataSupport", JdkClass::kTabularData},
    {"javax.management.MBeanInfo", JdkClass::kMBeanInfo},
    {"javax.management.modelmbean.ModelMBeanInfoSupport", JdkClass::kModelMBeanInfo},
    {"javax.management.MBeanFeatureInfo", JdkClass::kMBeanFeatureInfo},
    {"javax.management.MBeanAttributeInfo", JdkClass::kMBeanAttributeInfo},
    {"javax.management.ImmutableDescriptor", JdkClass::kImmutableDescriptor},
    {"javax.management.modelmbean.DescriptorSupport", JdkClass::kDescriptorSupport},
    {"javax.management.remote.NotificationResult", JdkClass::kNotificationResult},
    {"javax.management.remote.TargetedNotification", JdkClass::kTargetedNotification},
    {"javax.management.Notification", JdkClass::kNotification},
    {"javax.management.MBeanServerNotification", JdkClass::kMBeanServerNotification},
    {"java.util.ArrayList", JdkClass::kArrayList},
    {"java.util.LinkedList", JdkClass::kElements},
    {"java.util.HashSet", JdkClass::kElements},
    {"java.util.TreeSet", JdkClass::kElements},
    {"java.util.ArrayDeque", JdkClass::kElements},
    {"java.util.PriorityQueue", JdkClass::kElements},
    {"java.util.concurrent.CopyOnWriteArrayList", JdkClass::kElements},
    {"java.util.HashMap", JdkClass::kElements},
    {"java.util.TreeMap", JdkClass::kElements},
    {"java.util.Hashtable", JdkClass::kElements},
    {"java.util.IdentityHashMap", JdkClass::kElements},
    {"java.util.EnumMap", JdkClass::kElements},
    {"java.util.concurrent.ConcurrentHashMap", JdkClass::kElements},
    {"java.util.concurrent.ConcurrentSkipListMap", JdkClass::kElements},
    {"java.util.Vector", JdkClass::kVector},
    {"java.util.Arrays$ArrayList", JdkClass::kArraysList},
    {"java.util.Collections$UnmodifiableCollection", JdkClass::kCollection},
    {"java.util.Collections$SynchronizedCollection", JdkClass::kCollection},
    {"java.util.Collections$CheckedCollection", JdkClass::kCollection},
    {"java.util.Collections$SingletonList", JdkClass::kSingleton},
    {"java.util.Collections$SingletonSet", JdkClass::kSingleton},
    {"java.util.Collections$EmptyList", JdkClass::kEmpty},
    {"java.util.Collections$EmptySet", JdkClass::kEmpty},
    {"java.util.Collections$EmptyMap", JdkClass::kEmpty},
    {"java.util.CollSer", JdkClass::kCollSer},
    {"java.util.Collections$UnmodifiableMap", JdkClass::kMapView},
    {"java.util.Collections$SynchronizedMap", JdkClass::kMapView},
    {"java.util.Collections$CheckedMap", JdkClass::kMapView},
    {"java.util.Collections$SingletonMap", JdkClass::kSingletonMap},
    {"java.lang.Throwable", JdkClass::kThrowable},
    {"java.time.Ser", JdkClass::kTimeSer},
    {"java.time.chrono.Ser", JdkClass::kChronoSer},
};

/// The ends of the names differ most.
constexpr std::size_t hash_of(std::string_view name) {
  std::size_t hash = name.size();
  const std::size_t from = name.size() > 12 ? name.size() - 12 : 0;
  for (std::size_t i = from; i < name.size(); ++i) {
    hash = hash * 31 + static_cast<unsigned char>(name[i]);
  }
  return hash ^ hash >> 9;
}

constexpr std::size_t kSlots = 256;

/// Open addressing: a slot holds an index into kClasses plus one, or 0.
constexpr std::array<std::uint8_t, kSlots> make_slots() {
  std::array<std::uint8_t, kSlots> slots{};
  std::uint8_t index = 0;
  for (const NamedClass& named : kClasses) {
    std::size_t at = hash_of(named.name) % kSlots;
    while (slots[at] != 0) at = (at + 1) % kSlots;
    slots[at] = ++index;
  }
  return slots;
}

constexpr std::array<std::uint8_t, kSlots> kSlotTable = make_slots();

struct EnumRule {
  std::string_view class_name;
  std::string_view constant;  ///< empty: every constant
  EnumText text;
};

using Form = EnumText::Form;

/// The constants of the JDK, 17 to 25, whose toString() is not their name, or that have a body.
constexpr EnumRule kEnumRules[] = {
    {"java.lang.management.MemoryType", "HEAP", {Form::kLiteral, "Heap memory"}},
    {"java.lang.management.MemoryType", "NON_HEAP", {Form::kLiteral, "Non-heap memory"}},
    {"java.time.temporal.ChronoUnit", "", {Form::kCamel, {}}},
    {"java.time.temporal.ChronoField", "AMPM_OF_DAY", {Form::kLiteral, "AmPmOfDay"}},
    {"java.time.temporal.ChronoField", "HOUR_OF_AMPM", {Form::kLiteral, "HourOfAmPm"}},
    {"java.time.temporal.ChronoField", "CLOCK_HOUR_OF_AMPM", {Form::kLiteral, "ClockHourOfAmPm"}},
    {"java.time.temporal.ChronoField", "", {Form::kCamel, {}}},
    {"java.time.temporal.IsoFields$Field", "", {Form::kCamel, {}, true}},
    {"java.time.temporal.IsoFields$Unit", "", {Form::kCamel, {}}},
    {"java.time.temporal.JulianFields$Field", "", {Form::kCamel, {}}},
    {"java.security.DrbgParameters$Capability", "", {Form::kLower, {}}},
    {"javax.lang.model.element.Modifier", "NON_SEALED", {Form::kLiteral, "non-sealed", true}},
    {"javax.lang.model.element.Modifier", "", {Form::kLower, {}}},
    {"javax.xml.catalog.CatalogResolver$NotFoundAction", "", {Form::kLower, {}, true}},
    {"java.awt.font.NumericShaper$Range", "ETHIOPIC", {Form::kAsIs, {}, true}},
    {"java.util.Locale$IsoCountryCode", "", {Form::kAsIs, {}, true}},
};

}  // namespace

JdkClass find_jdk_class(std::string_view name) {
  for (std::size_t at = hash_of(name) % kSlots; kSlotTable[at] != 0; at = (at + 1) % kSlots) {
    const NamedClass& named = kClasses[kSlotTable[at] - 1];
    if (named.name == name) return named.known;
  }
  return JdkClass::kNone;
}

std::string_view element_class(std::string_view name) {
  const std::size_t brackets = std::min(name.find_first_not_of('['), name.size());
  if (brackets == 0) return name;
  name.remove_prefix(brackets);
  if (name.starts_with('L') && name.ends_with(';')) name = name.substr(1, name.size() - 2);
  return name;
}

bool is_jdk_name(std::string_view name) {
  const std::string_view element = element_class(name);
  if (name.starts_with('[') && element.size() == 1) return true;
  constexpr std::string_view kPrefixes[] = {"java.", "javax.", "jdk.", "sun.", "com.sun."};
  return std::any_of(std::begin(kPrefixes), std::end(kPrefixes),
                     [&](std::string_view prefix) { return element.starts_with(prefix); });
}

EnumText enum_text(std::string_view class_name, std::string_view constant) {
  for (const EnumRule& rule : kEnumRules) {
    if (rule.class_name == class_name && (rule.constant.empty() || rule.constant == constant)) {
      return rule.text;
    }
  }
  return {};
}

}  // namespace jmxbridge
