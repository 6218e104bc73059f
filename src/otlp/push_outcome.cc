#include "otlp/push_outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "base/log.h"
#include "base/percent.h"
#include "base/protobuf_reader.h"

namespace jmxbridge {
namespace {

using Kind = PushOutcome::Kind;
using std::chrono::milliseconds;

constexpr std::size_t kLongestMessage = 300;
constexpr std::size_t kGrpcPrefix = 5;
constexpr int kOk = 0;
constexpr std::string_view kBusyAdvice = "it is tried again after a pause";

constexpr std::array<std::string_view, 17> kGrpcNames = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
};

/// `text` with every `secret` in it replaced.
void hide(std::string_view secret, std::string& text) {
  constexpr std::string_view kHidden = "<secret>";
  if (secret.empty()) return;
  for (std::size_t at = text.find(secret); at != std::string::npos;
       at = text.find(secret, at + kHidden.size())) {
    text.replace(at, secret.size(), kHidden);
  }
}

/// What of a header's value is secret: all of it, and what stands behind the name of a scheme, as
/// in `Bearer TOKEN`, which receivers say back alone.
void hide_header(std::string_view value, std::string& text) {
  hide(value, text);
  const std::size_t blank = value.find(' ');
  if (blank != std::string_view::npos) hide(value.substr(blank + 1), text);
}

/// The field's bytes in the message, the last if there are several; empty: none.
std::string_view text_field(std::string_view message, std::uint32_t number) {
  std::string_view text;
  ProtobufReader reader(message);
  while (const std::optional<ProtobufField> field = reader.next()) {
    if (field->number == number && field->type == WireType::kDelimited) text = field->text;
  }
  return text;
}

std::uint64_t integer_field(std::string_view message, std::uint32_t number) {
  std::uint64_t integer = 0;
  ProtobufReader reader(message);
  while (const std::optional<ProtobufField> field = reader.next()) {
    if (field->number == number && field->type == WireType::kVarint) integer = field->integer;
  }
  return integer;
}

/// Of an ExportMetricsServiceResponse.
PushOutcome judge_response(std::string_view response) {
  constexpr std::uint32_t kPartialSuccess = 1;
  constexpr std::uint32_t kRejectedPoints = 1;
  constexpr std::uint32_t kErrorMessage = 2;
  const std::string_view partial = text_field(response, kPartialSuccess);
  const auto rejected = static_cast<std::int64_t>(integer_field(partial, kRejectedPoints));
  if (rejected <= 0) return {};
  PushOutcome outcome{Kind::kPartly, "partial", fmt::format("it left out {} points", rejected),
                      std::string(text_field(partial, kErrorMessage)),
                      "look at the receiver's log"};
  return outcome;
}

/// True for what begins with a tag, as no message of protobuf and no JSON does.
bool is_web_page(std::string_view body) {
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && body[first] == '<';
}

/// `message` of a google.rpc.Status.
std::string_view status_message(std::string_view status) { return text_field(status, 2); }

/// What to do about a status that trying again does not help.
std::string_view advice(long http_status) {
  switch (http_status) {
    case 401:
    case 403:
      return "check openTelemetry.headers";
    case 404:
    case 405:
      return "check the port and the path of openTelemetry.endpoint, and openTelemetry.protocol";
    case 413:
      return "let the receiver take larger requests";
    default:
      break;
  }
  if (http_status >= 300 && http_status < 400) {
    return "write the URL that it redirects to as openTelemetry.endpoint";
  }
  return "look at the receiver's log";
}

bool is_busy(long http_status) {
  return http_status == 429 || (http_status >= 502 && http_status <= 504);
}

PushOutcome judge_status(const PushAnswer& answer, std::string_view message) {
  PushOutcome outcome;
  outcome.reason = fmt::format("HTTP {}", answer.http_status);
  outcome.what = "it answers " + outcome.reason;
  outcome.said = message;
  if (is_busy(answer.http_status)) {
    outcome.kind = Kind::kRetry;
    outcome.advice = kBusyAdvice;
    if (answer.retry_after) outcome.wait = *answer.retry_after;
  } else {
    outcome.kind = Kind::kRefused;
    outcome.advice = advice(answer.http_status);
  }
  return outcome;
}

int sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

/// Base64 with or without padding; empty if it is none.
std::string base64_decoded(std::string_view text) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int value = sextet(c);
    if (value < 0) return {};
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count);
    }
  }
  return out;
}

/// The delay of a google.rpc.RetryInfo among the details of a google.rpc.Status.
std::optional<milliseconds> retry_delay(std::string_view status) {
  constexpr std::uint32_t kDetails = 3;
  constexpr std::uint32_t kTypeUrl = 1;
  constexpr std::uint32_t kValue = 2;
  constexpr std::uint32_t kRetryDelay = 1;
  constexpr std::uint32_t kSeconds = 1;
  constexpr std::uint32_t kNanos = 2;
  // A day: what is longer means the same.
  constexpr std::uint64_t kMostSeconds = 86'400;
  ProtobufReader reader(status);
  while (const std::optional<ProtobufField> field = reader.next()) {
    if (field->number != kDetails || field->type != WireType::kDelimited) continue;
    if (!text_field(field->text, kTypeUrl).ends_with("/google.rpc.RetryInfo")) continue;
    const std::string_view delay = text_field(text_field(field->text, kValue), kRetryDelay);
    const auto seconds = static_cast<std::int64_t>(integer_field(delay, kSeconds));
    const auto nanos = static_cast<std::int64_t>(integer_field(delay, kNanos));
    if (seconds < 0 || nanos < 0) return milliseconds(0);
    return std::chrono::seconds(std::min<std::uint64_t>(seconds, kMostSeconds)) +
           milliseconds(std::min<std::int64_t>(nanos, 999'999'999) / 1'000'000);
  }
  return std::nullopt;
}

bool may_retry(int status, bool has_retry_info) {
  constexpr std::array<int, 6> kAlways = {1, 4, 10, 11, 14, 15};
  constexpr int kResourceExhausted = 8;
  if (status == kResourceExhausted) return has_retry_info;
  return std::find(kAlways.begin(), kAlways.end(), status) != kAlways.end();
}

std::string_view grpc_advice(int status) {
  switch (status) {
    case 7:
    case 16:
      return "check openTelemetry.headers";
    case 8:
      return "let the receiver take more, or larger requests";
    case 12:
      return "it takes no metrics over gRPC; check the port of openTelemetry.endpoint";
    default:
      return "look at the receiver's log";
  }
}

/// The message in gRPC's frame; empty if there is none, or it is compressed, which was not asked
/// for.
std::string_view unframed(std::string_view body) {
  if (body.size() < kGrpcPrefix || body[0] != 0) return {};
  return body.substr(kGrpcPrefix);
}

}  // namespace

std::string outcome_text(const PushOutcome& outcome,
                         const std::map<std::string, std::string>& headers) {
  std::string said = outcome.said;
  for (const auto& [name, value] : headers) hide_header(value, said);
  const std::string brackets =
      said.empty() ? said : fmt::format(" ({})", printable(said, kLongestMessage));
  return fmt::format("{}{}; {}", outcome.what, brackets, outcome.advice);
}

PushOutcome judge_http(const PushAnswer& answer) {
  if (answer.http_status < 200 || answer.http_status >= 300) {
    return judge_status(answer, status_message(answer.body));
  }
  if (!is_web_page(answer.body)) return judge_response(answer.body);
  return {Kind::kRefused, "no OTLP", "its answer is a web page", "",
          "check the port and the path of openTelemetry.endpoint"};
}

PushOutcome judge_grpc(const PushAnswer& answer) {
  int status = -1;
  const char* end = answer.grpc_status.data() + answer.grpc_status.size();
  const auto [rest, error] = std::from_chars(answer.grpc_status.data(), end, status);
  if (error != std::errc() || rest != end) {
    if (answer.http_status != 200) return judge_status(answer, {});
    return {Kind::kRefused, "no gRPC", "its answer is not gRPC's", "",
            "check the port of openTelemetry.endpoint, or write 'protocol: http/protobuf'"};
  }
  if (status == kOk) return judge_response(unframed(answer.body));
  const bool is_known = status > 0 && static_cast<std::size_t>(status) < kGrpcNames.size();
  const std::string name = is_known ? std::string(kGrpcNames[static_cast<std::size_t>(status)])
                                    : fmt::format("code {}", status);
  PushOutcome outcome;
  outcome.reason = "gRPC " + name;
  outcome.wait = retry_delay(base64_decoded(answer.grpc_details));
  const bool retry = may_retry(status, outcome.wait.has_value());
  outcome.kind = retry ? Kind::kRetry : Kind::kRefused;
  outcome.what = "it answers " + name;
  outcome.said = percent_decoded(answer.grpc_message);
  outcome.advice = retry ? kBusyAdvice : grpc_advice(status);
  if (!retry) outcome.wait.reset();
  return outcome;
}

}  // namespace jmxbridge
