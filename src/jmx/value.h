#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace jmxbridge {

/// What an attribute's value is, as far as samples and labels care (specification 5.1).
enum class ValueKind : std::uint8_t {
  kNull,
  kInteger,    ///< Byte, Short, Integer, Long, AtomicInteger, AtomicLong, LongAdder, …: `integer`
  kFloat,      ///< Float: `number`; its text follows float rules
  kDouble,     ///< Double, DoubleAdder, …: `number`
  kBoolean,    ///< `integer` is 0 or 1
  kString,     ///< `text`
  kBigNumber,  ///< BigInteger, BigDecimal: `number`, and `text` as toString() gives it
  kDate,       ///< `integer`: milliseconds since 1970 UTC
  kComposite,  ///< `composite`
  kTabular,    ///< `tabular`
  kArray,      ///< any Java array; `text`: its class
  kEnum,       ///< a JDK enum constant; `text` as toString() gives it
  kOther,      ///< any other JDK class, ignored as a sample (ObjectName, Character, List, …)
  kUnknownClass,  ///< a class outside the JDK stands in it: the value is lost; `text`: that class
};

struct CompositeValue;
struct TabularValue;

/// One attribute's value, as a view: `text`, `composite` and `tabular` point into memory of the
/// decoder or source that handed it out, which says how long they live. Cheap to copy.
struct Value {
  ValueKind kind = ValueKind::kNull;
  /// For kOther: `text` is what Java's toString() gives. False: that text is not known here.
  bool text_is_exact = false;
  std::int64_t integer = 0;
  double number = 0;
  std::string_view text;
  const CompositeValue* composite = nullptr;
  const TabularValue* tabular = nullptr;
};

/// CompositeData. `names` ascend in Java's String order (UTF-16 code units); `values` stand in the
/// same order.
struct CompositeValue {
  std::string_view type_name;
  std::string_view description;  ///< of the composite type
  std::span<const std::string_view> names;
  std::span<const Value> values;

  /// The item of that name, or null when there is none.
  const Value* find(std::string_view name) const;
};

/// TabularData. Rows stand in the target's order.
struct TabularValue {
  std::string_view type_name;
  std::string_view row_description;               ///< of the row type
  std::span<const std::string_view> index_names;  ///< in declared order
  std::span<const CompositeValue* const> rows;
};

/// True for the kinds that become a number by themselves: integer, float, double, big number,
/// boolean and date.
bool is_numeric(ValueKind kind);

/// The number a value stands for (specification 5.1): dates in seconds, booleans as 0 and 1.
/// Nothing for kinds that are no numbers.
std::optional<double> as_number(const Value& value);

/// Appends the text that rules match against (specification 6.3). False, and nothing appended, for
/// kinds that never reach a rule.
bool append_match_text(const Value& value, std::string& out);

/// Appends what Java's toString() gives, for index keys and labels. False, and nothing appended,
/// where that text cannot be known without the class (composites, arrays, collections) or is null.
/// `Date` is written in the time zone of this process, as the peer's JVM would.
bool append_java_text(const Value& value, std::string& out);

}  // namespace jmxbridge
