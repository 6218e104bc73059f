#include "commands/migration_verdicts.h"

#include <array>

namespace jmxbridge {
namespace {

constexpr MoveVerdict kSame = MoveVerdict::kSame;
constexpr MoveVerdict kBetter = MoveVerdict::kBetter;
constexpr MoveVerdict kCheck = MoveVerdict::kCheck;

bool is_null(const YamlNode& value) { return value.type == YamlType::kNull; }
bool is_counter(const YamlNode& value) {
  return value.type == YamlType::kString && value.text == "COUNTER";
}
bool is_added_type(const YamlNode& value) {
  return value.type == YamlType::kString &&
         (value.text == "INFO" || value.text == "STATESET" || value.text == "SUMMARY");
}
bool is_other_type(const YamlNode& value) { return !is_added_type(value); }
bool is_list(const YamlNode& value) { return value.type == YamlType::kSequence; }
bool is_no_list(const YamlNode& value) { return !is_list(value); }
bool is_map(const YamlNode& value) { return value.type == YamlType::kMapping; }
bool is_no_map(const YamlNode& value) { return !is_map(value); }
bool is_on(const YamlNode& value) {
  if (value.type == YamlType::kBool) return value.boolean;
  const YamlNode* enabled = value.type == YamlType::kMapping ? value.find("enabled") : nullptr;
  return enabled != nullptr && enabled->type == YamlType::kBool && enabled->boolean;
}

bool names_no_service(const YamlNode& value) {
  const YamlNode* attributes = is_map(value) ? value.find("resourceAttributes") : nullptr;
  const bool is_among = attributes != nullptr && attributes->find("service.name") != nullptr;
  return !is_among && (!is_map(value) || value.find("serviceName") == nullptr);
}

constexpr std::string_view kOwnKey =
    "the exporter ignores this key, and here it counts; remove it if that is not meant";

constexpr auto kKeys = std::to_array<KeyVerdict>({
    {"hostPort", kSame, "the same target, by the same service URL"},
    {"hostPort", kBetter,
     "one session stays open and requests that come together share a scrape; the exporter connects "
     "for each scrape and makes them one after another"},
    {"jmxUrl", kSame, "the same target"},
    {"jmxUrl", kBetter,
     "a URL that is malformed or not of RMI is refused at the start; with the exporter each scrape "
     "fails"},
    {"username", kSame, "sent only with a password; ${NAME} is taken from the environment"},
    {"password", kSame, "sent only with a user name; ${NAME} is taken from the environment"},
    {"password", kBetter,
     "'passwordFile: FILE' may stand in its place; it is read anew for each session"},
    {"passwordFile", kCheck, kOwnKey},
    {"ssl", kSame, "true, or a map with 'enabled: true', turns TLS to the target on"},
    {"ssl", kBetter,
     "its stores are read for each session; the exporter keeps the first and wants a restart",
     is_on},
    {"startDelaySeconds", kSame, "until then scrapes are answered with 500 and nobody is asked"},
    {"scrapeTimeoutSeconds", kSame, "then the last complete result is served"},
    {"scrapeTimeoutSeconds", kBetter,
     "a result that comes later is the next one served; the exporter throws it away, so that a "
     "target that is always slower never shows"},
    {"lowercaseOutputName", kSame, "names are the same"},
    {"lowercaseOutputLabelNames", kSame, "labels are the same"},
    {"inferCounterTypeFromName", kSame, "types are the same"},
    {"includeObjectNames", kSame, "the same beans; an empty list is none"},
    {"whitelistObjectNames", kSame, "the older name of includeObjectNames, which goes before it"},
    {"excludeObjectNames", kSame, "the same beans"},
    {"blacklistObjectNames", kSame, "the older name of excludeObjectNames, which goes before it"},
    {"excludeJvmMetrics", kSame, "the same domains are left out"},
    {"includeObjectNameAttributes", kSame,
     "beans that it does not name lose all attributes, and names with wildcards match nothing"},
    {"excludeObjectNameAttributes", kSame, "names with wildcards match nothing"},
    {"autoExcludeObjectNameAttributes", kSame, "output is the same whether it is on or off"},
    {"autoExcludeObjectNameAttributes", kBetter,
     "an item of a composite value no longer takes an attribute of the same name with it"},
    {"metricCustomizers", kSame, "labels and extra metrics are the same"},
    {"metricCustomizers", kBetter,
     "an attribute that is null or cannot be read costs itself alone; in the exporter it ends the "
     "scrape, or the bean loses its labels and extra metrics"},
    {"rules", kSame,
     "names, labels, types and the order of rules are the exporter's, captures and the endings "
     "that are taken off (_total, _created, _bucket, _info) too"},
    {"rules", kBetter,
     "a sample that fails, stands twice or has a name of the exporter's own costs itself alone, "
     "with jmx_scrape_error 1; there it ends the scrape, or the whole answer is 500"},
    {"rules[].pattern", kSame, "Java's regular expressions, with Java's captures"},
    {"rules[].name", kSame, "the same name, or none"},
    {"rules[].value", kSame, "a text that is no number drops the sample"},
    {"rules[].valueFactor", kSame, "booleans are not multiplied"},
    {"rules[].labels", kSame, "labels with an empty name or value are left out"},
    {"rules[].help", kSame, "the same help"},
    {"rules[].type", kSame, "families of two types are untyped", is_other_type},
    {"rules[].type", kCheck,
     "the exporter takes INFO, STATESET and SUMMARY as UNKNOWN, and here they are types; write "
     "UNKNOWN if that is not meant",
     is_added_type},
    {"rules[].type", kBetter,
     "a value below zero drops its sample; the exporter answers the whole scrape with 500",
     is_counter},
    {"rules[].type", kBetter, "null is as if it were absent; the exporter answers with 500",
     is_null},
    {"rules[].attrNameSnakeCase", kSame, "the pattern sees the name in snake case"},
    {"rules[].cache", kSame, "the pattern sees <cache> in the value's place"},
    {"rules[].cache", kBetter,
     "it can be left out: what can be remembered is remembered for every rule"},
    {"rules[].map", kCheck, kOwnKey},
    {"rules[].states", kCheck, kOwnKey},
    {"rules[].quantile", kCheck, kOwnKey},
    {"httpServer.metrics", kSame, "the path is served beside /metrics", is_map},
    {"httpServer.metrics", kBetter, "the path has the headers and bounds of /metrics", is_map},
    {"httpServer.threads", kSame, "one request more than its maximum is answered with 429", is_map},
    {"httpServer.maximumRequestSeconds", kSame, "the connection ends after this time"},
    {"httpServer.authentication", kSame, "the same user is let in"},
    {"httpServer.authentication", kBetter,
     "credentials that cannot be read are answered with 401; the exporter drops the connection"},
    {"httpServer.ssl", kSame, "the port speaks TLS with the same key store"},
    {"httpServer.ssl.certificate", kBetter,
     "it may be left out, and its alias chooses the certificate; the exporter never uses it"},
    {"httpServer.ssl.protocols", kBetter,
     "a list is taken as one; in the exporter its first and last entry restrict nothing", is_list},
    {"httpServer.ssl.protocols", kSame, "a text with commas", is_no_list},
    {"httpServer.ssl.ciphers", kBetter,
     "a list is taken as one; in the exporter its first and last entry restrict nothing", is_list},
    {"httpServer.ssl.ciphers", kSame, "a text with commas", is_no_list},
    {"openTelemetry", kSame, "the same keys, names and environment variables"},
    {"openTelemetry", kCheck,
     "it names no service: unless OTEL_SERVICE_NAME does, service.name is "
     "unknown_service:jmxbridge, where the exporter says unknown_service:java; add serviceName",
     names_no_service},
});

constexpr auto kAbsences = std::to_array<KeyVerdict>({
    {"scrapeTimeoutSeconds", kBetter,
     "without it a scrape ends with Prometheus' own time-out, or after 60 s; the exporter waits "
     "for ever"},
    {"httpServer.threads", kBetter,
     "without it nobody is answered with 429, as scrapes of one moment share a read", is_no_map},
});

constexpr auto kGeneral = std::to_array<KeyVerdict>({
    {"", kCheck,
     "/metrics and /-/healthy answer as before, but a path that does not exist is 404 where the "
     "exporter answers 200, and methods but GET, HEAD and POST are 405; check probes that ask for "
     "another path"},
    {"", kBetter,
     "jmx_scrape_duration_seconds and jmx_scrape_error tell of this scrape, not of "
     "the one before"},
    {"", kBetter,
     "any change of the file is taken once; one that fails, or has no target, leaves the old "
     "configuration in use and counts once, not with each request"},
});

}  // namespace

std::span<const KeyVerdict> key_verdicts() { return kKeys; }
std::span<const KeyVerdict> absence_verdicts() { return kAbsences; }
std::span<const KeyVerdict> general_verdicts() { return kGeneral; }

}  // namespace jmxbridge
