#include "config/load_http_server.h"

#include <array>

#include "config/coerced.h"

namespace jmxbridge {
namespace {

constexpr std::array<std::string_view, 5> kServerKeys = {
    "metrics", "threads", "maximumRequestSeconds", "authentication", "ssl"};
constexpr std::array<std::string_view, 1> kMetricsKeys = {"path"};
constexpr std::array<std::string_view, 3> kThreadsKeys = {"minimum", "maximum", "keepAliveTime"};
constexpr std::int32_t kMostThreads = 256;

/// The map of that key; nothing if it is absent or null, and a warning if it is no map.
const YamlNode* find_map(const Section& server, std::string_view key, std::string_view shape) {
  const YamlNode* node = server.find(key);
  if (node == nullptr || node->type == YamlType::kNull) return nullptr;
  if (node->type == YamlType::kMapping) return node;
  server.warning(node->mark, key, found(*node) + ", which is ignored; write " + std::string(shape));
  return nullptr;
}

void load_metrics(const Section& server, HttpServerConfig& config) {
  const YamlNode* node = find_map(server, "metrics", "a map, such as {path: /metrics}");
  if (node == nullptr) return;
  const Section metrics(*node, server.path_of("metrics"), server.report());
  metrics.expect_keys(kMetricsKeys);
  std::optional<std::string> path = coerced_text(metrics, "path");
  if (!path) {
    metrics.error(node->mark, "path", "this is missing; write a path, such as /metrics");
  } else if (is_blank(*path)) {
    metrics.wrong("path", *metrics.find("path"), "a path, such as /metrics");
  } else {
    config.metrics_path = std::move(path);
  }
}

std::int32_t load_thread_number(const Section& threads, std::string_view key, std::int32_t least,
                                std::int32_t most) {
  if (!coerced_text(threads, key)) {
    threads.error(threads.node().mark, key,
                  "this is missing; give minimum, maximum and keepAliveTime");
  }
  return coerced_integer(threads, key, least, most).value_or(least);
}

void load_threads(const Section& server, HttpServerConfig& config) {
  const YamlNode* node =
      find_map(server, "threads", "a map with minimum, maximum and keepAliveTime");
  if (node == nullptr) return;
  const Section threads(*node, server.path_of("threads"), server.report());
  threads.expect_keys(kThreadsKeys);
  HttpThreadsConfig read;
  read.mark = server.key_mark("threads");
  read.minimum = load_thread_number(threads, "minimum", 1, kMostThreads);
  read.maximum = load_thread_number(threads, "maximum", read.minimum, kMostThreads);
  read.keep_alive_seconds = load_thread_number(threads, "keepAliveTime", 1, kLargestInteger);
  config.threads = read;
}

}  // namespace

std::optional<HttpServerConfig> load_http_server(const Section& top) {
  const YamlNode* node = find_map(top, "httpServer", "a map, or remove the key");
  if (node == nullptr) return std::nullopt;
  const Section server(*node, "httpServer", top.report());
  server.expect_keys(kServerKeys);
  HttpServerConfig config;
  config.mark = top.key_mark("httpServer");
  load_metrics(server, config);
  load_threads(server, config);
  if (const auto seconds = coerced_integer(server, "maximumRequestSeconds", 1, kLargestInteger)) {
    config.maximum_request_seconds = {*seconds, server.key_mark("maximumRequestSeconds")};
  }
  if (server.find("authentication") != nullptr) load_http_authentication(server, config);
  if (server.find("ssl") != nullptr) load_http_tls(server, config);
  return config;
}

}  // namespace jmxbridge
