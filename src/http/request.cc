#include "http/request.h"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/pct_string_view.hpp>
#include <boost/url/url_view.hpp>

namespace jmxbridge {
namespace {

namespace urls = boost::urls;

/// Escapes what RFC 3986 wants escaped and the peer takes as it stands: brackets in the query, for
/// `name[]=`, and bytes of Latin-1 that are neither controls nor a blank.
std::string with_raw_escaped(std::string_view target) {
  static constexpr unsigned char kFirstLetter = 0xA1;
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string escaped;
  escaped.reserve(target.size() + 16);
  bool in_query = false;
  for (const char c : target) {
    if (c == '?') in_query = true;
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= kFirstLetter || (in_query && (c == '[' || c == ']'))) {
      escaped += '%';
      escaped += kDigits[byte >> 4U];
      escaped += kDigits[byte & 15U];
    } else {
      escaped += c;
    }
  }
  return escaped;
}

/// A fragment has the characters of a query.
bool is_fragment(std::string_view text) {
  if (text.find('#') != std::string_view::npos) return false;
  return urls::parse_uri_reference(with_raw_escaped("?" + std::string(text))).has_value();
}

/// A part of a valid query, decoded; `+` stands for a blank, as forms write it.
std::string decode(std::string_view part) {
  return urls::pct_string_view(part).decode(urls::encoding_opts(true));
}

}  // namespace

std::optional<Location> parse_target(std::string_view target) {
  // Boost.URL 1.81 walks off the end of an empty query in front of a fragment, so that it never
  // sees one; its iterator over parameters is not used for the same reason.
  const std::size_t mark = std::min(target.find('#'), target.size());
  if (mark == 0) return std::nullopt;
  if (mark < target.size() && !is_fragment(target.substr(mark + 1))) return std::nullopt;
  const std::string text = with_raw_escaped(target.substr(0, mark));
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
