#include "exposition/format.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"

namespace jmxbridge {
namespace {

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool equals_ignoring_case(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(),
                    [](char x, char y) { return to_lower(x) == y; });
}

/// Takes what stands before the next `separator` off the front of `rest`.
std::string_view take_until(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return taken;
}

/// A qvalue in thousandths (RFC 9110 section 12.4.2): `0`, `0.125`, `1`, `1.000`.
std::optional<int> read_qvalue(std::string_view text) {
  if (text.empty() || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int thousandths = (text[0] - '0') * 1000;
  if (text.size() > 1) {
    if (text[1] != '.' || text.size() > 5) return std::nullopt;
    int weight = 100;
    for (const char digit : text.substr(2)) {
      if (digit < '0' || digit > '9') return std::nullopt;
      thousandths += (digit - '0') * weight;
      weight /= 10;
    }
  }
  if (thousandths > 1000) return std::nullopt;
  return thousandths;
}

/// The weight among the parameters of one element; 1000 when there is none, nothing if malformed.
std::optional<int> read_weight(std::string_view parameters) {
  std::optional<int> weight = 1000;
  while (!parameters.empty()) {
    std::string_view parameter = trim(take_until(parameters, ';'));
    if (equals_ignoring_case(parameter.substr(0, 2), "q=")) {
      weight = read_qvalue(parameter.substr(2));
      if (!weight) return std::nullopt;
    }
  }
  return weight;
}

}  // namespace

std::string_view content_type(Format format) {
  switch (format) {
    case Format::kOpenMetrics:
      return "application/openmetrics-text; version=1.0.0; charset=utf-8";
    case Format::kProtobuf:
      return "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; "
             "encoding=delimited";
    case Format::kProtobufText:
      return "text/plain; charset=utf-8";
    case Format::kText:
      break;
  }
  return "text/plain; version=0.0.4; charset=utf-8";
}

Format negotiate_format(std::string_view accept) {
  // A plain search, as the peer does it: weights and versions do not count.
  const auto has = [&](std::string_view text) {
    return accept.find(text) != std::string_view::npos;
  };
  if (has("application/vnd.google.protobuf") && has("proto=io.prometheus.client.MetricFamily")) {
    return Format::kProtobuf;
  }
  if (has("application/openmetrics-text")) return Format::kOpenMetrics;
  return Format::kText;
}

Escaping negotiate_escaping(std::string_view accept) {
  // The peer splits at semicolons alone, so a comma behind the scheme is part of its name.
  while (!accept.empty()) {
    std::string_view value = take_until(accept, ';');
    const std::string_view key = take_until(value, '=');
    if (trim(key) != "escaping" || value.empty()) continue;
    // A further `=` makes it something else; those at the very end do not count.
    value = value.substr(0, value.find_last_not_of('=') + 1);
    if (value.empty() || value.find('=') != std::string_view::npos) continue;
    return trim(value) == "dots" ? Escaping::kDots : Escaping::kUnderscores;
  }
  return Escaping::kUnderscores;
}

bool accepts_gzip(std::string_view accept_encoding) {
  std::optional<int> gzip;
  std::optional<int> any;
  std::optional<int> identity;
  while (!accept_encoding.empty()) {
    std::string_view element = take_until(accept_encoding, ',');
    const std::string_view coding = trim(take_until(element, ';'));
    const std::optional<int> weight = read_weight(element);
    if (!weight) continue;
    if (equals_ignoring_case(coding, "gzip") || equals_ignoring_case(coding, "x-gzip")) {
      gzip = std::max(gzip.value_or(0), *weight);
    } else if (coding == "*") {
      any = weight;
    } else if (equals_ignoring_case(coding, "identity")) {
      identity = weight;
    }
  }
  const int weight = gzip.value_or(any.value_or(0));
  return weight > 0 && weight >= identity.value_or(0);
}

}  // namespace jmxbridge
