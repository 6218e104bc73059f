#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jmxbridge {

/// The methods that some route answers; every other one is kOther.
enum class HttpMethod : std::uint8_t { kGet, kHead, kPost, kOther };

/// A request as the routes see it. The views live as long as the connection's parser.
struct HttpRequest {
  HttpMethod method = HttpMethod::kOther;
  std::string_view target;
  std::string_view accept;      ///< the first Accept line; later ones do not count (10.3.1)
  std::string accept_encoding;  ///< all Accept-Encoding lines, joined by commas
  std::optional<std::string_view> scrape_timeout;  ///< X-Prometheus-Scrape-Timeout-Seconds
  std::optional<std::string_view> authorization;   ///< the first Authorization line
};

/// A request target, taken apart and percent-decoded; the texts may hold any byte.
struct Location {
  struct Parameter {
    std::string name;
    std::string value;
  };

  std::string path;
  std::vector<Parameter> query;  ///< in the order given; what has no `=` is left out
};

/// Takes a request target apart: a path with a query, or an absolute URI. As with the peer,
/// brackets in the query and letters of Latin-1 may be raw, and a fragment does not count. Nothing
/// if it is malformed, which is answered 400; what is well-formed but names no path (`metrics`,
/// `//metrics`,
/// `*`) gives a path that no route has (specification 10.1.6).
std::optional<Location> parse_target(std::string_view target);

}  // namespace jmxbridge
