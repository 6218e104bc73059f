#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace jmxbridge {

/// What came back for one request, as far as the transport goes. Everything in it is the receiver's
/// word, and bounded.
struct PushAnswer {
  long http_status = 0;
  std::string body;
  std::optional<std::chrono::seconds> retry_after;  ///< of the header Retry-After
  // gRPC's own headers or trailers; empty: not there.
  std::string grpc_status;
  std::string grpc_message;  ///< percent-encoded
  std::string grpc_details;  ///< base64 of a google.rpc.Status
};

/// What became of one request.
struct PushOutcome {
  enum class Kind : std::uint8_t {
    kTaken,    ///< all of it
    kPartly,   ///< the receiver left some points out
    kRetry,    ///< not now; the same request may be tried again
    kRefused,  ///< no use to try it again
    kAborted,  ///< abort() was called
  };

  Kind kind = Kind::kTaken;
  std::string reason;  ///< short, the same for what is the same kind of failure; empty: kTaken
  std::string what;    ///< happened: a clause that begins with "it"
  std::string said;    ///< the receiver's own words, as they came
  std::string advice;  ///< a clause: what to do
  /// How long the receiver asks to be left alone.
  std::optional<std::chrono::milliseconds> wait = std::nullopt;
};

/// What happened, what was said and what to do, for the log. A receiver may say back what it was
/// sent, so the values of these headers are hidden in its words.
std::string outcome_text(const PushOutcome& outcome,
                         const std::map<std::string, std::string>& headers);

/// Judges an answer of OTLP over HTTP by its status, as OTLP says; a web page is no answer of it.
PushOutcome judge_http(const PushAnswer& answer);

/// Judges an answer of OTLP over gRPC by its status and RetryInfo, as OTLP says.
PushOutcome judge_grpc(const PushAnswer& answer);

}  // namespace jmxbridge
