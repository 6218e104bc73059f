#pragma once

#include <cstdint>
#include <string_view>

namespace jmxbridge {

/// The JDK classes whose serial form the decoder understands. Each stands for itself and, unless a
/// subclass is listed too, for what is derived from it.
enum class JdkClass : std::uint8_t {
  kNone,
  // Numbers and other scalars.
  kByte,
  kShort,
  kInteger,
  kLong,
  kFloat,
  kDouble,
  kBoolean,
  kCharacter,
  kBigInteger,
  kBigDecimal,
  kAtomicInteger,
  kAtomicLong,
  kAtomicBoolean,
  kLongAdder,    ///< the serialization proxies of LongAdder and LongAccumulator
  kDoubleAdder,  ///< those of DoubleAdder and DoubleAccumulator
  kDate,
  kSqlDate,
  kSqlTime,
  kSqlTimestamp,
  // JMX.
  kObjectName,
  kAttribute,
  kOpenType,
  kTabularType,
  kCompositeData,
  kTabularData,
  kMBeanInfo,
  kModelMBeanInfo,
  kMBeanFeatureInfo,
  kMBeanAttributeInfo,
  kImmutableDescriptor,
  kDescriptorSupport,
  kNotificationResult,
  kTargetedNotification,
  kNotification,
  kMBeanServerNotification,
  // Collections and maps.
  kElements,    ///< elements (or pairs) follow the fields, behind a block that ends in their number
  kArrayList,   ///< the same, known apart because AttributeList is one
  kCollection,  ///< a view of another collection: field `c`
  kArraysList,  ///< field `a`
  kVector,      ///< field `elementData`, of which `elementCount` count
  kSingleton,   ///< field `element`
  kEmpty,       ///< holds nothing
  kCollSer,     ///< List.of, Set.of, Map.of
  kMapView,     ///< a view of another map: field `m`
  kSingletonMap,  ///< fields `k` and `v`
  // Others.
  kThrowable,
  kTimeSer,    ///< java.time's externalizable form
  kChronoSer,  ///< java.time.chrono's
};

/// The class of that binary name, or kNone.
JdkClass find_jdk_class(std::string_view name);

/// True for names of the JDK's own classes, arrays of them, and arrays of primitives; all others
/// are unknown to a reader that has no other classes than the JDK's (specification 4.7.1).
bool is_jdk_name(std::string_view name);

/// The name without array brackets: `com.acme.X` of `[[Lcom.acme.X;`.
std::string_view element_class(std::string_view name);

/// What toString() gives for an enum constant of the JDK.
struct EnumText {
  enum class Form : std::uint8_t {
    kAsIs,     ///< the constant's name
    kCamel,    ///< HALF_DAYS is HalfDays
    kLower,    ///< RESEED_ONLY is reseed_only
    kLiteral,  ///< `literal`
  };
  Form form = Form::kAsIs;
  std::string_view literal;
  /// The constant has a class of its own, so that the peer sees no enum in it (specification 5.1).
  bool has_body = false;
};
EnumText enum_text(std::string_view class_name, std::string_view constant);

}  // namespace jmxbridge
