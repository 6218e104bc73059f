#include "http/landing_page.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "base/log.h"

namespace jmxbridge {
namespace {

constexpr std::size_t kMaxTextBytes = 1024;
constexpr std::size_t kMaxBeansShown = 20;

constexpr std::string_view kStyle =
    "body{font:16px/1.5 sans-serif;max-width:50em;margin:2em auto;padding:0 1em;color:#222}"
    "code{background:#f2f2f2;padding:0 .3em}"
    "th{text-align:left;vertical-align:top;padding-right:1.5em;white-space:nowrap}"
    "td{overflow-wrap:anywhere}.down{color:#b00020}.up{color:#126e2e}";

/// A style sheet's source expression: a policy that names its digest needs no `unsafe-inline`.
std::string style_digest() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(kStyle.data(), kStyle.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::array<unsigned char, 2 * EVP_MAX_MD_SIZE> text{};
  const int length = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(size));
  return {text.begin(), text.begin() + length};
}

/// What a path is for, beside its link.
std::string_view purpose(RouteKind kind) {
  switch (kind) {
    case RouteKind::kMetrics:
      return "the metrics, for Prometheus";
    case RouteKind::kHealthy:
      return "answers as long as the daemon runs";
    case RouteKind::kReady:
      return "200 once it serves, 503 while it shuts down";
    case RouteKind::kReload:
      return "reads the configuration again, with POST";
    case RouteKind::kConfig:
      return "the configuration in use, without its secrets";
    case RouteKind::kLanding:
      break;
  }
  return "this page";
}

class HtmlTable {
 public:
  explicit HtmlTable(std::string& out) : out_(out) { out_ += "<table>\n"; }
  ~HtmlTable() { out_ += "</table>\n"; }
  HtmlTable(const HtmlTable&) = delete;
  HtmlTable& operator=(const HtmlTable&) = delete;

  /// `value` is HTML.
  void row(std::string_view name, std::string_view value) {
    fmt::format_to(std::back_inserter(out_), "<tr><th>{}</th><td>{}</td></tr>\n", name, value);
  }

 private:
  std::string& out_;
};

std::string beans_set_aside(const std::vector<std::string>& beans) {
  std::string html;
  const std::size_t shown = std::min(beans.size(), kMaxBeansShown);
  for (std::size_t i = 0; i < shown; ++i) {
    fmt::format_to(std::back_inserter(html), "<code>{}</code><br>", html_text(beans[i]));
  }
  if (beans.size() > shown) {
    fmt::format_to(std::back_inserter(html), "and {} more", beans.size() - shown);
  }
  return html;
}

std::string lane_text(const TargetStatus& status) {
  std::string html = "the " + html_text(status.lane) + " lane";
  if (!status.lane_reason.empty()) html += ": " + html_text(status.lane_reason);
  if (status.portable_beans > 0) {
    html += fmt::format(", and the portable lane for {} MBeans", status.portable_beans);
  }
  return html;
}

void append_status(const TargetStatus& status, std::string& out) {
  fmt::format_to(std::back_inserter(out), "<h2>Target {}</h2>\n", html_text(status.name));
  HtmlTable table(out);
  const bool fresh = status.scrapes == 0;
  table.row("State", fresh       ? "not scraped yet"
                     : status.up ? R"(<span class="up">up</span>)"
                                 : R"(<span class="down">down</span>)");
  if (!status.lane.empty()) table.row("Read through", lane_text(status));
  if (!status.last_error.empty()) table.row("Last error", html_text(status.last_error));
  table.row("MBeans known", fmt::to_string(status.beans));
  table.row("Samples in the last scrape", fmt::to_string(status.samples));
  table.row("Last scrape took", fmt::format("{} ms", status.last_duration.count()));
  table.row("Scrapes",
            fmt::format("{}{}", status.scrapes, status.scraping ? ", and one is under way" : ""));
  table.row("Sessions opened", fmt::to_string(status.sessions_opened));
  if (!status.set_aside_beans.empty()) {
    table.row("MBeans set aside", beans_set_aside(status.set_aside_beans));
  }
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string html;
  for (const char c : printable(text, kMaxTextBytes)) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

std::string landing_page(const TargetStatus& status, const std::vector<Route>& routes) {
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<title>jmxbridge</title>\n<style>{}</style>\n</head>\n<body>\n<h1>jmxbridge</h1>\n"
      "<p>Version {}. Reads the MBeans of a running JVM and serves them to Prometheus.</p>\n"
      "<ul>\n",
      kStyle, JMXBRIDGE_VERSION);
  for (const Route& route : routes) {
    if (route.kind == RouteKind::kLanding) continue;
    const std::string path = html_text(route.path);
    const std::string shown = route.takes_get ? fmt::format("<a href=\"{}\">{}</a>", path, path)
                                              : fmt::format("<code>{}</code>", path);
    fmt::format_to(std::back_inserter(out), "<li>{}: {}</li>\n", shown, purpose(route.kind));
  }
  out += "</ul>\n";
  append_status(status, out);
  out +=
      "<h2>Parameters of the metrics</h2>\n<ul>\n"
      "<li><code>name[]=FAMILY</code>: that metric family only; may be given more than once</li>\n"
      "<li><code>debug=text</code>, <code>debug=openmetrics</code>, "
      "<code>debug=prometheus-protobuf</code>: that format, shown as plain text</li>\n"
      "</ul>\n</body>\n</html>\n";
  return out;
}

std::string_view landing_page_policy() {
  static const std::string policy = fmt::format(
      "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'; "
      "frame-ancestors 'none'",
      style_digest());
  return policy;
}

}  // namespace jmxbridge
