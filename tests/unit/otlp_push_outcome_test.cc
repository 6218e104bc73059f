#include "otlp/push_outcome.h"

#include <catch2/catch.hpp>
#include <string>

#include "base/protobuf_writer.h"

namespace jmxbridge {
namespace {

using Kind = PushOutcome::Kind;
using std::chrono::milliseconds;

PushOutcome http(long status, const std::string& body = "",
                 std::optional<std::chrono::seconds> retry_after = {}) {
  PushAnswer answer;
  answer.http_status = status;
  answer.body = body;
  answer.retry_after = retry_after;
  return judge_http(answer);
}

PushOutcome grpc(const std::string& status, const std::string& details = "",
                 const std::string& body = "", long http_status = 200) {
  PushAnswer answer;
  answer.http_status = http_status;
  answer.grpc_status = status;
  answer.grpc_message = "no%20room %C3%A4%zz";
  answer.grpc_details = details;
  answer.body = body;
  return judge_grpc(answer);
}

std::string partial_response(std::uint64_t rejected, const std::string& message) {
  std::string partial;
  put_number(1, rejected, partial);
  put_text(2, message, partial);
  std::string response;
  put_text(1, partial, response);
  return response;
}

TEST_CASE("push outcome: HTTP statuses of which OTLP says so are tried again", "[otlp]") {
  for (const long status : {200L, 202L}) CHECK(http(status).kind == Kind::kTaken);
  for (const long status : {429L, 502L, 503L, 504L}) CHECK(http(status).kind == Kind::kRetry);
  for (const long status : {301L, 400L, 401L, 404L, 408L, 413L, 500L, 501L, 505L}) {
    CAPTURE(status);
    const PushOutcome outcome = http(status);
    CHECK(outcome.kind == Kind::kRefused);
    CHECK_FALSE(outcome.wait.has_value());
    CHECK_FALSE(outcome.advice.empty());
  }
}

TEST_CASE("push outcome: Retry-After counts where the request may be tried again", "[otlp]") {
  CHECK(http(503, "", std::chrono::seconds(7)).wait == milliseconds(7000));
  CHECK_FALSE(http(503).wait.has_value());
  CHECK_FALSE(http(400, "", std::chrono::seconds(7)).wait.has_value());
}

TEST_CASE("push outcome: an error's message is taken from its body", "[otlp]") {
  std::string status;
  put_number(1, 3, status);
  put_text(2, "bad\nname", status);
  CHECK(outcome_text(http(400, status), {}) ==
        "it answers HTTP 400 (bad\\nname); look at the receiver's log");
  CHECK(outcome_text(http(404, "<html>no</html>"), {}) ==
        "it answers HTTP 404; check the port and the path of openTelemetry.endpoint, and "
        "openTelemetry.protocol");
}

TEST_CASE("push outcome: what a receiver leaves out is told, however it answers", "[otlp]") {
  const std::string response = partial_response(3, "too old");
  CHECK(http(200, response).kind == Kind::kPartly);
  CHECK(outcome_text(http(200, response), {}) ==
        "it left out 3 points (too old); look at the receiver's log");
  CHECK(http(200, partial_response(0, "a hint")).kind == Kind::kTaken);
  CHECK(http(200, "\xFF\xFF\xFF").kind == Kind::kTaken);
  const std::string frame = std::string("\0\0\0\0", 4) + static_cast<char>(response.size());
  CHECK(grpc("0", "", frame + response).kind == Kind::kPartly);
  CHECK(grpc("0", "", frame).kind == Kind::kTaken);
  CHECK(grpc("0").kind == Kind::kTaken);
}

TEST_CASE("push outcome: gRPC codes of which OTLP says so are tried again", "[otlp]") {
  for (const char* status : {"1", "4", "10", "11", "14", "15"}) {
    CAPTURE(status);
    CHECK(grpc(status).kind == Kind::kRetry);
  }
  for (const char* status : {"2", "3", "5", "6", "7", "8", "9", "12", "13", "16", "17", "99"}) {
    CAPTURE(status);
    CHECK(grpc(status).kind == Kind::kRefused);
  }
  CHECK(outcome_text(grpc("3"), {}) ==
        "it answers INVALID_ARGUMENT (no room ä%zz); look at the receiver's log");
  CHECK(grpc("17").reason == "gRPC code 17");
}

TEST_CASE("push outcome: exhausted resources are tried again only with a RetryInfo", "[otlp]") {
  // google.rpc.Status{code: 8, details: RetryInfo{retry_delay: 2.5 s}}.
  const char* details =
      "CAgaNgoodHlwZS5nb29nbGVhcGlzLmNvbS9nb29nbGUucnBjLlJldHJ5SW5mbxIKCggIAhCAyrXu"
      "AQ";
  const PushOutcome outcome = grpc("8", details);
  CHECK(outcome.kind == Kind::kRetry);
  CHECK(outcome.wait == milliseconds(2500));
  CHECK(grpc("14", details).wait == milliseconds(2500));
  CHECK_FALSE(grpc("3", details).wait.has_value());
  for (const char* broken : {"", "****", "CAga", "CAgaNAoodHlwZS5n"}) {
    CAPTURE(broken);
    CHECK(grpc("8", broken).kind == Kind::kRefused);
  }
}

TEST_CASE("push outcome: what is not gRPC is named so, or judged by its HTTP status", "[otlp]") {
  for (const char* status : {"", "x", "0x", "99999999999"}) {
    CAPTURE(status);
    CHECK(grpc(status).reason == "no gRPC");
    CHECK(grpc(status).kind == Kind::kRefused);
  }
  CHECK(grpc("", "", "", 503).kind == Kind::kRetry);
  CHECK(grpc("", "", "", 404).kind == Kind::kRefused);
}

TEST_CASE("push outcome: a web page with a good status is no receiver", "[otlp]") {
  const PushOutcome page = http(200, "\r\n<!DOCTYPE html><title>Collector</title>");
  CHECK(page.kind == Kind::kRefused);
  CHECK(page.reason == "no OTLP");
  for (const char* body : {"", "{}", " ok"}) CHECK(http(200, body).kind == Kind::kTaken);
}

TEST_CASE("push outcome: the token of a scheme stays hidden, also when it is said back alone",
          "[otlp]") {
  PushOutcome outcome;
  outcome.said = "the token s3cr.e+t= is not known; it came as 'Bearer s3cr.e+t='";
  const std::string text = outcome_text(outcome, {{"Authorization", "Bearer s3cr.e+t="}});
  CHECK(text.find("s3cr") == std::string::npos);
  CHECK(text.find("the token <secret> is not known; it came as '<secret>'") != std::string::npos);
}

TEST_CASE("push outcome: a secret that a receiver says back stays hidden, also at the cut",
          "[otlp]") {
  PushOutcome outcome;
  outcome.what = "it answers";
  outcome.advice = "do";
  outcome.said = "bad token s3cr\x01t and s3cr\x01t " + std::string(260, 'y') + "s3cr\x01t";
  const std::string text = outcome_text(outcome, {{"Authorization", "s3cr\x01t"}});
  CHECK(text.find("s3c") == std::string::npos);
  CHECK(text.find("it answers (bad token <secret> and <secret> yyy") == 0);
}

}  // namespace
}  // namespace jmxbridge
