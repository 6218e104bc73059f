#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "base/java_number.h"
#include "base/utf.h"
#include "snapshot/read_snapshot.h"
#include "snapshot/write_snapshot.h"

using namespace jmxbridge;

namespace {

bool same(const Value& a, const Value& b);

bool same_number(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) ||
         std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

bool same(const CompositeValue& a, const CompositeValue& b) {
  if (a.type_name != b.type_name || a.description != b.description ||
      a.names.size() != b.names.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.names.size(); ++i) {
    if (a.names[i] != b.names[i] || !same(a.values[i], b.values[i])) return false;
  }
  return true;
}

bool same(const TabularValue& a, const TabularValue& b) {
  if (a.type_name != b.type_name || a.row_description != b.row_description ||
      !std::equal(a.index_names.begin(), a.index_names.end(), b.index_names.begin(),
                  b.index_names.end()) ||
      a.rows.size() != b.rows.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.rows.size(); ++i) {
    if (!same(*a.rows[i], *b.rows[i])) return false;
  }
  return true;
}

bool same(const Value& a, const Value& b) {
  if (a.kind != b.kind || a.text_is_exact != b.text_is_exact || a.integer != b.integer ||
      !same_number(a.number, b.number) || a.text != b.text) {
    return false;
  }
  if (a.composite != nullptr) return b.composite != nullptr && same(*a.composite, *b.composite);
  if (a.tabular != nullptr) return b.tabular != nullptr && same(*a.tabular, *b.tabular);
  return b.composite == nullptr && b.tabular == nullptr;
}

/// Makes random values of every kind in the arena of a recording.
class RandomValues {
 public:
  RandomValues(Recording& recording, std::uint32_t seed) : recording_(recording), random_(seed) {}

  std::uint32_t below(std::uint32_t end) { return static_cast<std::uint32_t>(random_() % end); }

  std::string_view text() {
    static constexpr std::string_view kPieces[] = {
        "a", "value", "\"", "\\", "\n", "\x01", "ö", "\u2028", "\U0001F600", "\x7F", " ", "{"};
    std::string made;
    for (std::uint32_t n = below(5); n > 0; --n) made += kPieces[below(std::size(kPieces))];
    return recording_.arena().copy(made);
  }

  double number() {
    switch (below(8)) {
      case 0:
        return std::numeric_limits<double>::quiet_NaN();
      case 1:
        return std::numeric_limits<double>::infinity();
      case 2:
        return -std::numeric_limits<double>::infinity();
      case 3:
        return -0.0;
      case 4:
        return below(1000);
      default:
        const std::uint64_t bits = (std::uint64_t{random_()} << 32) | random_();
        return std::isfinite(std::bit_cast<double>(bits)) ? std::bit_cast<double>(bits) : 0.5;
    }
  }

  float single() {
    const float made = std::bit_cast<float>(static_cast<std::uint32_t>(random_()));
    return std::isnan(made) ? std::numeric_limits<float>::quiet_NaN() : made;
  }

  std::int64_t integer() {
    switch (below(4)) {
      case 0:
        return std::numeric_limits<std::int64_t>::min();
      case 1:
        return std::numeric_limits<std::int64_t>::max();
      default:
        return static_cast<std::int64_t>(random_()) - 2'000'000'000;
    }
  }

  Value value(std::uint32_t depth) {
    Value made;
    made.kind = static_cast<ValueKind>(below(depth == 0 ? 8 : 14));
    switch (made.kind) {
      case ValueKind::kNull:
        break;
      case ValueKind::kInteger:
        made.integer = integer();
        break;
      case ValueKind::kFloat:
        made.number = double{single()};
        break;
      case ValueKind::kDouble:
        made.number = number();
        break;
      case ValueKind::kBoolean:
        made.integer = below(2);
        break;
      case ValueKind::kBigNumber:
        if (below(3) == 0) {
          made.number = std::numeric_limits<double>::infinity();  // too long for a text
        } else {
          made.text = recording_.arena().copy("1.50E+" + std::to_string(below(400)));
          made.number = *parse_java_double(made.text);
        }
        break;
      case ValueKind::kDate:
        made.integer = integer();
        made.text = text();
        break;
      case ValueKind::kComposite:
        made.composite = composite(depth - 1);
        break;
      case ValueKind::kTabular:
        made.tabular = table(depth - 1);
        break;
      case ValueKind::kOther:
        made.text_is_exact = below(2) == 1;
        made.text = text();
        break;
      default:
        made.text = text();
    }
    return made;
  }

 private:
  const CompositeValue* composite(std::uint32_t depth) {
    std::vector<std::string> sorted;
    for (std::uint32_t n = below(4); n > 0; --n) {
      std::string name(text());
      name += std::to_string(n);
      sorted.push_back(std::move(name));
    }
    std::sort(sorted.begin(), sorted.end(), [](const std::string& a, const std::string& b) {
      return compare_java_order(a, b) < 0;
    });
    const auto names = recording_.arena().make_array<std::string_view>(sorted.size());
    const auto values = recording_.arena().make_array<Value>(sorted.size());
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      names[i] = recording_.arena().copy(sorted[i]);
      values[i] = value(depth);
    }
    auto* made = recording_.arena().make<CompositeValue>();
    made->type_name = text();
    made->description = text();
    made->names = names;
    made->values = values;
    return made;
  }

  const TabularValue* table(std::uint32_t depth) {
    const auto index = recording_.arena().make_array<std::string_view>(below(3));
    for (std::string_view& name : index) name = text();
    const auto rows = recording_.arena().make_array<const CompositeValue*>(below(3));
    for (const CompositeValue*& row : rows) row = composite(depth);
    auto* made = recording_.arena().make<TabularValue>();
    made->type_name = text();
    made->row_description = text();
    made->index_names = index;
    made->rows = rows;
    return made;
  }

  Recording& recording_;
  std::mt19937 random_;
};

Recording random_recording(std::uint32_t seed) {
  Recording recording;
  RandomValues values(recording, seed);
  recording.target = values.text();
  recording.taken = values.text();
  recording.default_domain = values.text();
  for (std::uint32_t i = 0; i < 10; ++i) {
    RecordedBean& bean = recording.beans[*ObjectName::parse(
        "d" + std::to_string(values.below(3)) + ":type=T,name=\"a\\\"ö\",b=" + std::to_string(i))];
    bean.trouble = values.text();
    bean.is_described = values.below(5) > 0;
    if (!bean.is_described) continue;
    bean.info.class_name = values.text();
    bean.info.immutable = values.below(2) == 1;
    for (std::uint32_t n = values.below(6); n > 0; --n) {
      AttributeInfo& attribute = bean.info.attributes.emplace_back();
      attribute.name = values.text();
      attribute.type = values.text();
      attribute.readable = values.below(4) > 0;
      if (values.below(2) == 1) attribute.description = values.text();
      if (values.below(6) == 0) {
        bean.values.emplace_back(Unread());
      } else if (values.below(6) == 0) {
        bean.values.emplace_back(
            Lost{static_cast<AttributeLoss>(values.below(4)), std::string(values.text())});
      } else {
        bean.values.emplace_back(values.value(3));
      }
    }
  }
  return recording;
}

bool same(const RecordedValue& a, const RecordedValue& b) {
  if (a.index() != b.index()) return false;
  if (const auto* value = std::get_if<Value>(&a)) return same(*value, std::get<Value>(b));
  if (const auto* lost = std::get_if<Lost>(&a)) {
    return lost->why == std::get<Lost>(b).why && lost->detail == std::get<Lost>(b).detail;
  }
  return true;
}

void check_same(const Recording& a, const Recording& b) {
  CHECK(a.target == b.target);
  CHECK(a.taken == b.taken);
  CHECK(a.default_domain == b.default_domain);
  REQUIRE(a.beans.size() == b.beans.size());
  for (const auto& [name, bean] : a.beans) {
    CAPTURE(name.text());
    REQUIRE(b.beans.contains(name));
    const RecordedBean& other = b.beans.at(name);
    CHECK(b.beans.find(name)->first.text() == name.text());
    CHECK(bean.info == other.info);
    CHECK(bean.is_described == other.is_described);
    CHECK(bean.trouble == other.trouble);
    REQUIRE(bean.values.size() == other.values.size());
    for (std::size_t i = 0; i < bean.values.size(); ++i) {
      CHECK(same(bean.values[i], other.values[i]));
    }
  }
}

}  // namespace

TEST_CASE("snapshot: every kind of value comes back from its file as it was", "[snapshot]") {
  for (std::uint32_t seed = 1; seed <= 400; ++seed) {
    CAPTURE(seed);
    const Recording recording = random_recording(seed);
    const std::string text = write_snapshot(recording);
    const Result<Recording> read = read_snapshot(text);
    if (!read) FAIL(read.error().text << "\n" << text);
    check_same(recording, *read);
    CHECK(write_snapshot(*read) == text);
  }
}

TEST_CASE("snapshot: the file is a line an attribute, for people and for diff", "[snapshot]") {
  Recording recording;
  recording.target = "127.0.0.1:9999";
  recording.taken = "2026-01-02T03:04:05Z";
  RecordedBean& bean = recording.beans[*ObjectName::parse("b.d:type=T,name=x")];
  bean.is_described = true;
  bean.info = {"org.example.T",
               {{"A", "long", "An attribute", true},
                {"B", "double", {}, true},
                {"C", "long", {}, false},
                {"D", "int", "", true}},
               true};
  Value seven;
  seven.kind = ValueKind::kInteger;
  seven.integer = 7;
  Value half;
  half.kind = ValueKind::kDouble;
  half.number = 0.5;
  bean.values = {seven, half, Unread(), Lost{AttributeLoss::kUnknownClass, "com.acme.X"}};
  recording.beans[*ObjectName::parse("a:type=Gone")].trouble = "it does not answer";
  CHECK(write_snapshot(recording) == R"({
  "format": "jmxbridge-snapshot",
  "version": 1,
  "target": "127.0.0.1:9999",
  "taken": "2026-01-02T03:04:05Z",
  "beans": [
    {
      "name": "a:type=Gone",
      "trouble": "it does not answer"
    },
    {
      "name": "b.d:type=T,name=x",
      "class": "org.example.T",
      "immutable": true,
      "attributes": [
        {"name": "A", "type": "long", "description": "An attribute", "value": 7},
        {"name": "B", "type": "double", "value": {"double": "0.5"}},
        {"name": "C", "type": "long", "readable": false},
        {"name": "D", "type": "int", "description": "", "lost": "unknownClass", "detail": "com.acme.X"}
      ]
    }
  ]
}
)");
}

TEST_CASE("snapshot: a value that is kept does not follow the one it was made of", "[snapshot]") {
  Recording recording;
  std::string text = "first";
  std::string name = "item";
  Value inner;
  inner.kind = ValueKind::kString;
  inner.text = text;
  const std::string_view names[] = {name};
  const CompositeValue composite{"type", "description", names, {&inner, 1}};
  Value value;
  value.kind = ValueKind::kComposite;
  value.composite = &composite;
  const Value kept = recording.keep(value);
  text = "other";
  name = "gone";
  inner.kind = ValueKind::kNull;
  REQUIRE(kept.composite->find("item") != nullptr);
  CHECK(kept.composite->find("item")->text == "first");
}

TEST_CASE("snapshot: what nests past the bound is cut when it is kept", "[snapshot]") {
  std::vector<CompositeValue> levels(kDeepestValue + 5);
  std::vector<Value> values(levels.size() + 1);
  const std::string_view names[] = {"x"};
  for (std::size_t i = 0; i < levels.size(); ++i) {
    levels[i].names = names;
    levels[i].values = {&values[i], 1};
    values[i + 1].kind = ValueKind::kComposite;
    values[i + 1].composite = &levels[i];
  }
  Recording recording;
  recording.beans[*ObjectName::parse("a:b=c")].is_described = true;
  RecordedBean& bean = recording.beans.begin()->second;
  bean.info.attributes.push_back({"A", "T", {}, true});
  bean.values.emplace_back(recording.keep(values.back()));
  const Result<Recording> read = read_snapshot(write_snapshot(recording));
  if (!read) FAIL(read.error().text);
  check_same(recording, *read);
}
