#include "http/request.h"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace jmxbridge {
namespace {

namespace urls = boost::urls;

/// RFC 3986 has no raw brackets in a query, but `name[]=` is written so.
std::string with_brackets_escaped(std::string_view target) {
  std::string escaped;
  escaped.reserve(target.size() + 16);
  bool in_query = false;
  for (const char c : target) {
    if (c == '?') in_query = true;
    if (in_query && c == '[') {
      escaped += "%5B";
    } else if (in_query && c == ']') {
      escaped += "%5D";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace

std::optional<Location> parse_target(std::string_view target) {
  if (target.empty()) return std::nullopt;
  const std::string text = with_brackets_escaped(target);
  const urls::result<urls::url_view> parsed = urls::parse_uri_reference(text);
  if (!parsed) return std::nullopt;

  Location location;
  location.path = parsed->path();
  const urls::encoding_opts plus_is_blank(true);
  for (const urls::param_pct_view& each : parsed->encoded_params()) {
    if (!each.has_value) continue;
    location.query.push_back({each.key.decode(plus_is_blank), each.value.decode(plus_is_blank)});
  }
  return location;
}

}  // namespace jmxbridge
