#include "http/request.h"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/pct_string_view.hpp>
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

/// A part of a valid query, decoded; `+` stands for a blank, as forms write it.
std::string decode(std::string_view part) {
  return urls::pct_string_view(part).decode(urls::encoding_opts(true));
}

}  // namespace

std::optional<Location> parse_target(std::string_view target) {
  // A fragment never goes to a server. Boost.URL 1.81 walks off the end of an empty query in front
  // of one, and its iterator over parameters is not used for the same reason.
  if (target.empty() || target.find('#') != std::string_view::npos) return std::nullopt;
  const std::string text = with_brackets_escaped(target);
  const urls::result<urls::url_view> parsed = urls::parse_uri_reference(text);
  if (!parsed) return std::nullopt;

  Location location;
  location.path = parsed->path();
  const urls::pct_string_view query = parsed->encoded_query();
  std::string_view rest(query.data(), query.size());
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    location.query.push_back({decode(pair.substr(0, equals)), decode(pair.substr(equals + 1))});
  }
  return location;
}

}  // namespace jmxbridge
