#include "snapshot/read_snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/stream_parser.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <optional>
#include <span>
#include <utility>

#include "base/java_number.h"
#include "base/log.h"
#include "base/text_file.h"
#include "base/utf.h"
#include "snapshot/bounded_memory.h"
#include "snapshot/snapshot_format.h"

namespace jmxbridge {
namespace {

namespace json = boost::json;

/// A value takes at most this many levels of the text (a table, its rows, a row, its items).
constexpr std::size_t kLevelsOfValue = 4;
constexpr std::size_t kDeepestText = kDeepestValue * kLevelsOfValue + 16;
/// For the tree of the text, which is a few times as large.
constexpr std::size_t kMostMemory = std::size_t{2} << 30;

std::string_view view(const json::string& text) { return {text.data(), text.size()}; }
std::string_view view(json::string_view text) { return {text.data(), text.size()}; }

/// Reads one document. The first thing that is wrong ends it; `where_` is what is being read.
class SnapshotReader {
 public:
  Result<Recording> read(const json::value& root) {
    if (!read_root(root)) return fail(ErrorKind::kMalformed, where_ + fault_);
    return std::move(recording_);
  }

 private:
  bool wrong(std::string text) {
    fault_ = std::move(text);
    return false;
  }

  const json::object* object(const json::value& value, std::string_view what) {
    if (!value.is_object()) wrong(fmt::format("{} is no object", what));
    return value.if_object();
  }

  bool expect_keys(const json::object& object, std::initializer_list<std::string_view> known) {
    for (const auto& member : object) {
      if (std::find(known.begin(), known.end(), view(member.key())) == known.end()) {
        return wrong(
            fmt::format("'{}' is no key of this format; take the snapshot again, or "
                        "remove it",
                        printable(view(member.key()), 80)));
      }
    }
    return true;
  }

  /// The text of a key; absent gives an empty text.
  std::optional<std::string_view> text(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(json::string_view(key.data(), key.size()));
    if (value == nullptr) return std::string_view();
    if (value->is_string()) return view(value->get_string());
    wrong(fmt::format("'{}' is no text", key));
    return std::nullopt;
  }

  bool text_into(const json::object& object, std::string_view key, std::string& out) {
    const std::optional<std::string_view> found = text(object, key);
    if (found) out = *found;
    return found.has_value();
  }

  /// A boolean key; absent is `otherwise`.
  std::optional<bool> truth(const json::object& object, std::string_view key, bool otherwise) {
    const json::value* value = object.if_contains(json::string_view(key.data(), key.size()));
    if (value == nullptr) return otherwise;
    if (value->is_bool()) return value->get_bool();
    wrong(fmt::format("'{}' is neither true nor false", key));
    return std::nullopt;
  }

  bool read_root(const json::value& value) {
    const json::object* root = value.if_object();
    const json::value* format = root == nullptr ? nullptr : root->if_contains("format");
    if (format == nullptr || !format->is_string() ||
        view(format->get_string()) != kSnapshotFormat) {
      return wrong("this is no snapshot; make one with 'jmxbridge snapshot'");
    }
    const json::value* version = root->if_contains("version");
    if (version == nullptr || !version->is_int64() || version->get_int64() != kSnapshotVersion) {
      return wrong(fmt::format(
          "its version is not {}, the one known here; take the snapshot again with this "
          "jmxbridge, or use the one that made it",
          kSnapshotVersion));
    }
    if (!expect_keys(*root, {"format", "version", "target", "taken", "defaultDomain", "beans"}) ||
        !text_into(*root, "target", recording_.target) ||
        !text_into(*root, "taken", recording_.taken) ||
        !text_into(*root, "defaultDomain", recording_.default_domain)) {
      return false;
    }
    const json::value* beans = root->if_contains("beans");
    if (beans == nullptr || !beans->is_array()) return wrong("'beans' is missing, or no list");
    const json::array& list = beans->get_array();
    for (std::size_t i = 0; i < list.size(); ++i) {
      where_ = fmt::format("beans[{}]: ", i);
      if (!read_bean(list[i])) return false;
    }
    return true;
  }

  bool read_bean(const json::value& value) {
    const json::object* bean = object(value, "it");
    if (bean == nullptr ||
        !expect_keys(*bean, {"name", "class", "immutable", "trouble", "attributes"})) {
      return false;
    }
    const std::optional<std::string_view> text_of_name = text(*bean, "name");
    if (!text_of_name) return false;
    Result<ObjectName> name = ObjectName::parse(*text_of_name);
    if (!name) return wrong("its name is no ObjectName: " + name.error().text);
    if (text_of_name->empty() || name->is_pattern()) {
      return wrong("its name is missing, or a pattern; write the name of one bean");
    }
    where_ = printable(name->text()) + ": ";
    const auto [at, is_new] = recording_.beans.try_emplace(std::move(*name));
    if (!is_new) return wrong("this bean stands twice; remove one of the two");
    return read_info(*bean, at->second);
  }

  bool read_info(const json::object& bean, RecordedBean& out) {
    const std::optional<bool> immutable = truth(bean, "immutable", /*otherwise=*/false);
    if (!immutable || !text_into(bean, "class", out.info.class_name) ||
        !text_into(bean, "trouble", out.trouble)) {
      return false;
    }
    out.info.immutable = *immutable;
    const json::value* attributes = bean.if_contains("attributes");
    if (attributes == nullptr) return true;
    if (!attributes->is_array()) return wrong("'attributes' is no list");
    out.is_described = true;
    const std::string where_bean = where_;
    for (const json::value& attribute : attributes->get_array()) {
      where_ = where_bean + fmt::format("attributes[{}]: ", out.values.size());
      if (!read_attribute(attribute, out, where_bean)) return false;
    }
    return true;
  }

  bool read_attribute(const json::value& value, RecordedBean& out, const std::string& where_bean) {
    const json::object* attribute = object(value, "it");
    if (attribute == nullptr || !expect_keys(*attribute, {"name", "type", "description", "readable",
                                                          "value", "lost", "detail"})) {
      return false;
    }
    AttributeInfo& info = out.info.attributes.emplace_back();
    RecordedValue& recorded = out.values.emplace_back();
    if (!text_into(*attribute, "name", info.name)) return false;
    where_ = where_bean + printable(info.name) + ": ";
    const std::optional<bool> readable = truth(*attribute, "readable", /*otherwise=*/true);
    if (!readable || !text_into(*attribute, "type", info.type)) return false;
    info.readable = *readable;
    if (attribute->if_contains("description") != nullptr &&
        !text_into(*attribute, "description", info.description.emplace())) {
      return false;
    }
    if (const json::value* found = attribute->if_contains("value")) {
      Value kept;
      if (!read_value(*found, kDeepestValue, kept)) return false;
      recorded = kept;
      return true;
    }
    return attribute->if_contains("lost") == nullptr || read_lost(*attribute, recorded);
  }

  bool read_lost(const json::object& attribute, RecordedValue& recorded) {
    const std::optional<std::string_view> why = text(attribute, "lost");
    if (!why) return false;
    Lost lost;
    const auto* known = std::find_if(kLossNames.begin(), kLossNames.end(),
                                     [&](const auto& each) { return each.second == *why; });
    if (known == kLossNames.end()) {
      return wrong("'lost' is none of threw, unknownClass, malformed and limit");
    }
    lost.why = known->first;
    if (!text_into(attribute, "detail", lost.detail)) return false;
    recorded = std::move(lost);
    return true;
  }

  std::string_view keep(std::string_view text) { return recording_.arena().copy(text); }

  bool read_value(const json::value& value, std::uint32_t depth, Value& out) {
    if (depth == 0 && !value.is_null()) {
      return wrong(fmt::format("values stand more than {} deep in each other", kDeepestValue));
    }
    switch (value.kind()) {
      case json::kind::null:
        return true;
      case json::kind::bool_:
        out.kind = ValueKind::kBoolean;
        out.integer = value.get_bool() ? 1 : 0;
        return true;
      case json::kind::int64:
        out.kind = ValueKind::kInteger;
        out.integer = value.get_int64();
        return true;
      case json::kind::string:
        out.kind = ValueKind::kString;
        out.text = keep(view(value.get_string()));
        return true;
      case json::kind::object:
        return read_tagged(value.get_object(), depth, out);
      default:
        return wrong(
            "a number with a fraction, or past 64 bits, is written as {\"double\": \"1.5\"} or "
            "{\"bigNumber\": \"…\"}, an array as {\"array\": CLASS}");
    }
  }

  /// The kinds that are written as an object, whose first key says which it is.
  bool read_tagged(const json::object& object, std::uint32_t depth, Value& out) {
    const std::string_view tag = object.empty() ? "" : view(object.begin()->key());
    if (tag == "composite") return read_composite_value(object, depth, out);
    if (tag == "tabular") return read_table(object, depth, out);
    if (tag == "date") return read_date(object, out);
    if (tag == "bigNumber") return read_big_number(object, out);
    if (tag == "double" || tag == "float") {
      out.kind = tag == "double" ? ValueKind::kDouble : ValueKind::kFloat;
      return expect_keys(object, {tag}) && read_number(object, tag, out.number);
    }
    if (tag == "other") {
      const std::optional<bool> exact = truth(object, "exact", /*otherwise=*/false);
      out.kind = ValueKind::kOther;
      out.text_is_exact = exact.value_or(false);
      return exact && expect_keys(object, {"other", "exact"}) && keep_text(object, tag, out.text);
    }
    if (tag == "enum") {
      out.kind = ValueKind::kEnum;
    } else if (tag == "array") {
      out.kind = ValueKind::kArray;
    } else if (tag == "unknownClass") {
      out.kind = ValueKind::kUnknownClass;
    } else {
      return wrong(fmt::format("'{}' is no kind of value", printable(tag, 80)));
    }
    return expect_keys(object, {tag}) && keep_text(object, tag, out.text);
  }

  bool keep_text(const json::object& object, std::string_view key, std::string_view& out) {
    const std::optional<std::string_view> found = text(object, key);
    if (found) out = keep(*found);
    return found.has_value();
  }

  bool read_number(const json::object& object, std::string_view key, double& out) {
    const std::optional<std::string_view> written = text(object, key);
    if (!written) return false;
    std::optional<double> number = parse_java_double(*written);
    if (key == "float" && number && std::isfinite(*number)) {
      // By way of a double it would be rounded twice.
      float single = 0;
      const char* const end = written->data() + written->size();
      const std::from_chars_result read = std::from_chars(written->data(), end, single);
      if (read.ec != std::errc() || read.ptr != end) number.reset();
      if (number) number = double{single};
    }
    if (!number) {
      return wrong(fmt::format("'{}' is no number as Java writes it", printable(*written, 80)));
    }
    out = *number;
    return true;
  }

  bool read_big_number(const json::object& object, Value& out) {
    out.kind = ValueKind::kBigNumber;
    return expect_keys(object, {"bigNumber", "double"}) &&
           keep_text(object, "bigNumber", out.text) &&
           read_number(object, object.if_contains("double") != nullptr ? "double" : "bigNumber",
                       out.number);
  }

  bool read_date(const json::object& object, Value& out) {
    const json::value& milliseconds = object.begin()->value();
    if (!milliseconds.is_int64()) return wrong("'date' is no number of milliseconds");
    out.kind = ValueKind::kDate;
    out.integer = milliseconds.get_int64();
    return expect_keys(object, {"date", "text"}) && keep_text(object, "text", out.text);
  }

  bool read_composite_value(const json::object& object, std::uint32_t depth, Value& out) {
    auto* composite = recording_.arena().make<CompositeValue>();
    out.kind = ValueKind::kComposite;
    out.composite = composite;
    return read_composite(object, depth, *composite);
  }

  bool read_composite(const json::object& object, std::uint32_t depth, CompositeValue& out) {
    const json::value* items = object.if_contains("items");
    if (items == nullptr || !items->is_object()) return wrong("'items' is missing, or no object");
    if (!expect_keys(object, {"composite", "description", "items"}) ||
        !keep_text(object, "composite", out.type_name) ||
        !keep_text(object, "description", out.description)) {
      return false;
    }
    std::vector<std::pair<std::string_view, const json::value*>> sorted;
    for (const auto& item : items->get_object()) {
      sorted.emplace_back(view(item.key()), &item.value());
    }
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
      return compare_java_order(a.first, b.first) == std::strong_ordering::less;
    });
    const std::span<std::string_view> names =
        recording_.arena().make_array<std::string_view>(sorted.size());
    const std::span<Value> values = recording_.arena().make_array<Value>(sorted.size());
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      names[i] = keep(sorted[i].first);
      if (!read_value(*sorted[i].second, depth - 1, values[i])) return false;
    }
    out.names = names;
    out.values = values;
    return true;
  }

  bool read_table(const json::object& object, std::uint32_t depth, Value& out) {
    const json::value* index = object.if_contains("index");
    const json::value* rows = object.if_contains("rows");
    if (index == nullptr || !index->is_array() || rows == nullptr || !rows->is_array()) {
      return wrong("'index' or 'rows' is missing, or no list");
    }
    auto* table = recording_.arena().make<TabularValue>();
    out.kind = ValueKind::kTabular;
    out.tabular = table;
    if (!expect_keys(object, {"tabular", "description", "index", "rows"}) ||
        !keep_text(object, "tabular", table->type_name) ||
        !keep_text(object, "description", table->row_description)) {
      return false;
    }
    const std::span<std::string_view> names =
        recording_.arena().make_array<std::string_view>(index->get_array().size());
    for (std::size_t i = 0; i < names.size(); ++i) {
      const json::value& name = index->get_array()[i];
      if (!name.is_string()) return wrong("'index' holds something that is no text");
      names[i] = keep(view(name.get_string()));
    }
    table->index_names = names;
    return read_rows(rows->get_array(), depth, *table);
  }

  bool read_rows(const json::array& list, std::uint32_t depth, TabularValue& table) {
    const std::span<const CompositeValue*> rows =
        recording_.arena().make_array<const CompositeValue*>(list.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const json::object* row = object(list[i], "a row");
      if (row == nullptr) return false;
      auto* composite = recording_.arena().make<CompositeValue>();
      rows[i] = composite;
      if (!read_composite(*row, depth - 1, *composite)) return false;
    }
    table.rows = rows;
    return true;
  }

  Recording recording_;
  std::string where_;
  std::string fault_;
};

/// `line 3, column 7` of an offset.
std::string place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return fmt::format("line {}, column {}", lines + 1, before.size() - line_start + 1);
}

Error broken(std::string_view text, std::size_t offset, const boost::system::error_code& code) {
  if (code == json::error::too_deep) {
    return {ErrorKind::kLimit,
            fmt::format("{}: it nests deeper than {} levels; this is no snapshot",
                        place_of(text, offset), kDeepestText)};
  }
  return {ErrorKind::kMalformed,
          fmt::format("{}: this is no JSON ({}); take the snapshot again, or mend it there",
                      place_of(text, offset), code.message())};
}

Result<Recording> parse(std::string_view text) {
  BoundedMemory memory(kMostMemory);
  json::monotonic_resource pool(std::size_t{64} << 10, &memory);
  json::parse_options options;
  options.max_depth = kDeepestText;
  json::stream_parser parser(&memory, options);
  parser.reset(&pool);
  boost::system::error_code code;
  const std::size_t read = parser.write_some(text.data(), text.size(), code);
  if (!code && read < text.size() &&
      text.find_first_not_of(" \t\r\n", read) != std::string_view::npos) {
    code = json::error::extra_data;
  }
  if (!code) parser.finish(code);
  if (code) return fail(broken(text, std::min(read, text.size()), code));
  return SnapshotReader().read(parser.release());
}

}  // namespace

Result<Recording> read_snapshot(std::string_view text) {
  if (text.size() > kLargestSnapshot) {
    return fail(ErrorKind::kLimit, fmt::format("it is larger than {} MiB; narrow it, for example "
                                               "by excludeObjectNames",
                                               kLargestSnapshot >> 20));
  }
  try {
    return parse(text);
  } catch (const std::bad_alloc&) {
    return fail(ErrorKind::kLimit,
                "it takes too much memory; narrow it, for example by excludeObjectNames");
  }
}

Result<Recording> read_snapshot_file(const std::string& path) {
  const Result<std::string> text = read_text_file(path, kLargestSnapshot, FileKind::kRegularOrPipe);
  if (!text) return fail(printable(path) + ": " + text.error().text);
  Result<Recording> recording = read_snapshot(*text);
  if (recording) return recording;
  return fail(recording.error().kind, printable(path) + ": " + recording.error().text);
}

}  // namespace jmxbridge
