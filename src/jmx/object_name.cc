#include "jmx/object_name.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/log.h"
#include "base/utf.h"

namespace jmxbridge {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

/// One property as it stands in a name's text.
struct PropertyView {
  std::string_view key;
  std::string_view value;
  bool pattern = false;  ///< the value has a wildcard
};

bool is_wildcard(char c) { return c == '*' || c == '?'; }

/// Where the quoted value that `text` starts with ends (past its quote); kNone if it does not.
/// `error` then says why. Sets `pattern` if a wildcard stands in it unescaped.
std::size_t quoted_end(std::string_view text, bool& pattern, const char*& error) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') return at + 1;
    if (c == '\n') {
      error = "a line end stands in a quoted value; write it as \\n";
      return kNone;
    }
    if (is_wildcard(c)) pattern = true;
    if (c != '\\') continue;
    if (++at == text.size()) break;
    if (std::string_view("\\\"?*n").find(text[at]) == kNone) {
      error = "a quoted value has an unknown escape; only \\\\ \\\" \\? \\* and \\n are known";
      return kNone;
    }
  }
  error = "a quoted value does not end; close it with \"";
  return kNone;
}

/// Takes a property apart in text that is known to be well-formed; `list` moves past its comma.
PropertyView next_property(std::string_view& list) {
  PropertyView property;
  const std::size_t equals = list.find('=');
  property.key = list.substr(0, equals);
  list.remove_prefix(equals + 1);
  std::size_t end = 0;
  if (!list.empty() && list[0] == '"') {
    const char* error = nullptr;
    end = quoted_end(list, property.pattern, error);
  } else {
    end = std::min(list.find(','), list.size());
    property.pattern = list.substr(0, end).find_first_of("*?") != kNone;
  }
  property.value = list.substr(0, end);
  list.remove_prefix(std::min(end + 1, list.size()));
  return property;
}

/// Reads one property from text of unknown quality, as javax.management.ObjectName does: the one
/// character that follows a closing quote is dropped unseen, unless it is the last.
const char* read_property(std::string_view& list, PropertyView& property) {
  std::size_t at = 0;
  while (at < list.size() && list[at] != '=') {
    switch (list[at]) {
      case '*':
      case '?':
      case ',':
      case ':':
      case '\n':
        return "a key holds one of , : * ? or a line end";
      default:
        ++at;
    }
  }
  if (at == list.size()) return "a property has no '='; write key=value";
  if (at == 0) return "a property has an empty key";
  property.key = list.substr(0, at);
  const std::string_view rest = list.substr(at + 1);
  std::size_t end = 0;
  const bool quoted = !rest.empty() && rest[0] == '"';
  if (quoted) {
    const char* error = nullptr;
    end = quoted_end(rest, property.pattern, error);
    if (end == kNone) return error;
  } else {
    for (; end < rest.size() && rest[end] != ','; ++end) {
      switch (rest[end]) {
        case '*':
        case '?':
          property.pattern = true;
          break;
        case '=':
        case ':':
        case '"':
        case '\n':
          return "an unquoted value holds one of = : \" or a line end; put it in double quotes";
        default:
          break;
      }
    }
  }
  property.value = rest.substr(0, end);
  if (end == rest.size()) {
    list = {};
    return nullptr;
  }
  char32_t dropped = 0;
  const std::size_t size = std::max<std::size_t>(1, utf8_sequence(rest.substr(end), &dropped));
  if (end + size == rest.size()) {
    return quoted ? "a character follows the closing quote of a value"
                  : "it ends in a comma; drop it or add a property";
  }
  list = rest.substr(end + size);
  return nullptr;
}

void append_property(const PropertyView& property, std::string& out) {
  out += property.key;
  out += '=';
  out += property.value;
}

/// Reads everything behind the domain's colon. Returns what is wrong, or null.
const char* read_list(std::string_view list, std::vector<PropertyView>& properties,
                      bool& list_pattern) {
  if (list.empty()) return "it has no properties; add key=value or *";
  while (!list.empty()) {
    if (list[0] == '*') {
      if (list_pattern) return "'*' stands twice in its list of properties";
      if (list.size() > 1 && list[1] != ',') return "only a comma may follow the property '*'";
      list_pattern = true;
      list.remove_prefix(std::min<std::size_t>(2, list.size()));
      continue;
    }
    PropertyView property;
    if (const char* const error = read_property(list, property)) return error;
    properties.push_back(property);
  }
  return nullptr;
}

/// Where the domain ends; kNone if there is no colon that ends it.
std::size_t domain_end(std::string_view text, const char*& error) {
  const std::size_t colon = text.find(':');
  if (colon == kNone) {
    error = "it has no ':' after its domain";
  } else if (text.substr(0, colon).find('\n') != kNone) {
    error = "its domain holds a line end";
    return kNone;
  }
  return colon;
}

std::u16string to_utf16(std::string_view text) {
  std::u16string units;
  units.reserve(text.size());
  while (!text.empty()) {
    char32_t point = 0;
    std::size_t size = utf8_sequence(text, &point);
    if (size == 0) {
      point = '?';
      size = 1;
    }
    if (point >= 0x10000) {
      units += static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10));
      units += static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FF));
    } else {
      units += static_cast<char16_t>(point);
    }
    text.remove_prefix(size);
  }
  return units;
}

/// `*` takes any run of units, `?` any one; nothing escapes them. Linear but for the retries at
/// the last `*`.
template <class Unit>
bool wildcards_match(std::basic_string_view<Unit> text, std::basic_string_view<Unit> pattern) {
  std::size_t in_text = 0;
  std::size_t in_pattern = 0;
  std::size_t retry_text = 0;
  std::size_t retry_pattern = kNone;
  while (true) {
    if (in_pattern < pattern.size()) {
      if (pattern[in_pattern] == '*') {
        retry_pattern = ++in_pattern;
        retry_text = in_text;
        continue;
      }
      if (in_text < text.size() &&
          (pattern[in_pattern] == '?' || pattern[in_pattern] == text[in_text])) {
        ++in_pattern;
        ++in_text;
        continue;
      }
    } else if (in_text == text.size()) {
      return true;
    }
    if (retry_pattern == kNone || retry_text == text.size()) return false;
    in_pattern = retry_pattern;
    in_text = ++retry_text;
  }
}

/// Java matches UTF-16 units: `?` takes half of a supplementary character.
bool matches_wildcards(std::string_view text, std::string_view pattern) {
  if (ascii_prefix(text) == text.size() && ascii_prefix(pattern) == pattern.size()) {
    return wildcards_match<char>(text, pattern);
  }
  return wildcards_match<char16_t>(to_utf16(text), to_utf16(pattern));
}

/// The length of the line terminator that `text` starts with, as Java's regex knows them; 0 if
/// none.
std::size_t line_terminator(std::string_view text) {
  if (text.starts_with('\n') || text.starts_with('\r')) return 1;
  if (text.starts_with("\xC2\x85")) return 2;
  if (text.starts_with("\xE2\x80\xA8") || text.starts_with("\xE2\x80\xA9")) return 3;
  return 0;
}

/// The end of the quoted value at the front as the peer's regex sees it: a backslash takes one
/// character that ends no line. kNone if it does not end.
std::size_t peer_quoted_end(std::string_view text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] != '\\') continue;
    ++at;
    if (at == text.size() || line_terminator(text.substr(at)) != 0) return kNone;
  }
  return kNone;
}

}  // namespace

Result<ObjectName> ObjectName::parse(std::string_view text) {
  if (text.empty()) text = "*:*";
  const auto malformed = [&](const char* what) {
    return fail(ErrorKind::kMalformed,
                "object name \"" + printable(text) + "\" is malformed: " + what);
  };
  const char* error = nullptr;
  const std::size_t colon = domain_end(text, error);
  if (error != nullptr) return malformed(error);

  Form form;
  form.domain_size = colon;
  form.domain_pattern = text.substr(0, colon).find_first_of("*?") != kNone;
  std::vector<PropertyView> properties;
  error = read_list(text.substr(colon + 1), properties, form.list_pattern);
  if (error != nullptr) return malformed(error);

  const auto write = [&](std::string& out) {
    out.append(text, 0, colon + 1);
    bool is_first = true;
    for (const PropertyView& property : properties) {
      if (!std::exchange(is_first, false)) out += ',';
      append_property(property, out);
    }
    if (form.list_pattern) out += properties.empty() ? "*" : ",*";
  };
  form.texts.reserve(2 * text.size());
  write(form.texts);
  form.size = form.texts.size();
  std::sort(properties.begin(), properties.end(), [](const PropertyView& a, const PropertyView& b) {
    return compare_java_order(a.key, b.key) < 0;
  });
  for (std::size_t i = 1; i < properties.size(); ++i) {
    if (properties[i].key == properties[i - 1].key) return malformed("a key stands twice in it");
  }
  write(form.texts);
  if (form.texts.compare(0, form.size, form.texts, form.size, form.size) == 0) {
    form.texts.resize(form.size);
  } else {
    form.canonical_at = form.size;
  }
  form.texts.shrink_to_fit();
  form.properties = properties.size();
  form.value_pattern = std::any_of(properties.begin(), properties.end(),
                                   [](const PropertyView& property) { return property.pattern; });
  form.pattern = form.domain_pattern || form.list_pattern || form.value_pattern;
  return ObjectName(std::make_shared<const Form>(std::move(form)));
}

std::string_view ObjectName::domain() const { return text().substr(0, form_->domain_size); }

std::string_view ObjectName::property_list() const { return text().substr(form_->domain_size + 1); }

std::optional<std::string_view> ObjectName::property(std::string_view key) const {
  std::string_view rest = property_list();
  for (std::size_t i = 0; i < form_->properties; ++i) {
    const PropertyView property = next_property(rest);
    if (property.key == key) return property.value;
  }
  return std::nullopt;
}

bool ObjectName::matches(const ObjectName& name) const {
  if (name.form_->pattern) return false;
  if (!form_->pattern) return *this == name;
  if (form_->domain_pattern ? !matches_wildcards(name.domain(), domain())
                            : name.domain() != domain()) {
    return false;
  }
  if (!form_->list_pattern && form_->properties != name.form_->properties) return false;
  std::string_view rest = property_list();
  for (std::size_t i = 0; i < form_->properties; ++i) {
    const PropertyView mine = next_property(rest);
    const std::optional<std::string_view> theirs = name.property(mine.key);
    if (!theirs) return false;
    if (mine.pattern ? !matches_wildcards(*theirs, mine.value) : *theirs != mine.value)
      return false;
  }
  return true;
}

std::vector<Property> read_properties(std::string_view property_list) {
  std::vector<Property> properties;
  std::string_view rest = property_list;
  while (true) {
    const std::size_t key_end = rest.find_first_of(",=:*?");
    if (key_end == kNone || key_end == 0 || rest[key_end] != '=') return properties;
    const std::string_view key = rest.substr(0, key_end);
    rest.remove_prefix(key_end + 1);
    std::size_t end = rest.starts_with('"') ? peer_quoted_end(rest) : kNone;
    if (end == kNone) end = std::min(rest.find_first_of(",=:\""), rest.size());
    const std::string_view value = rest.substr(0, end);
    const auto known = std::find_if(properties.begin(), properties.end(),
                                    [&](const Property& property) { return property.key == key; });
    if (known != properties.end()) {
      known->value = value;
    } else {
      properties.push_back({std::string(key), std::string(value)});
    }
    rest.remove_prefix(end);
    if (rest.starts_with(',')) rest.remove_prefix(1);
  }
}

}  // namespace jmxbridge
