#include "jni/explain_tls.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/log.h"

namespace jmxbridge {
namespace {

/// Writes the sentences about one failure.
class TlsExplainer {
 public:
  TlsExplainer(const JavaFailure& failure, const TargetAddress& target, std::string_view place,
               std::string_view detail)
      : failure_(failure), target_(target), place_(place), detail_(detail) {}

  std::optional<std::string> explain() const {
    if (const JavaCause* refused = failure_.find("io.jmxbridge.TlsRefused")) {
      return printable(refused->message, kSentence);
    }
    if (failure_.has("SocketTimeoutException")) return std::nullopt;
    if (!is_of_tls()) return broken_off();
    if (std::optional<std::string> text = certificate()) return text;
    if (std::optional<std::string> text = alert()) return text;
    if (says("No appropriate protocol") || says("is not enabled or not supported")) {
      return nothing_in_common();
    }
    if (says("Unsupported or unrecognized SSL message")) return no_tls();
    if (is_broken_off()) return broken_off();
    return fmt::format("The TLS handshake with {} failed ({}); see the target's log", place_,
                       detail_);
  }

 private:
  bool is_of_tls() const {
    return std::any_of(failure_.causes.begin(), failure_.causes.end(), [](const JavaCause& cause) {
      return cause.type.starts_with("javax.net.ssl.SSL");
    });
  }

  bool is_broken_off() const {
    return failure_.has("EOFException") || failure_.has("net.SocketException");
  }

  bool says(std::string_view text) const { return saying(text) != nullptr; }

  const JavaCause* saying(std::string_view text) const {
    for (const JavaCause& cause : failure_.causes) {
      if (cause.message.find(text) != std::string::npos) return &cause;
    }
    return nullptr;
  }

  std::optional<std::string> certificate() const {
    if (const JavaCause* cause = failure_.find("CertificateExpiredException")) {
      return fmt::format(
          "The certificate of {} has expired ({}); renew it in the key store of the target", place_,
          printable(cause->message, 100));
    }
    if (const JavaCause* cause = failure_.find("CertificateNotYetValidException")) {
      return fmt::format("The certificate of {} is not valid yet ({}); check the clocks of both",
                         place_, printable(cause->message, 100));
    }
    for (const std::string_view text : {"No subject alternative", "No name matching"}) {
      if (const JavaCause* cause = saying(text)) return other_host(*cause);
    }
    if (says("unable to find valid certification path") || says("Path does not chain") ||
        says("trustAnchors parameter must be non-empty")) {
      return fmt::format(
          "The certificate of {} is not trusted: put its authority, or itself if it is "
          "self-signed, into a store and name that in ssl.trustStore{}",
          place_, and_on());
    }
    return std::nullopt;
  }

  /// What a key of `ssl` needs beside it where TLS is spoken only because the stub says so.
  std::string_view and_on() const { return target_.tls ? "" : ", with ssl.enabled: true"; }

  std::string other_host(const JavaCause& cause) const {
    return fmt::format(
        "The certificate of {} is for another host ({}); have it issued for {}, or give the "
        "target -Djava.rmi.server.hostname with a name of the certificate, or leave the check out "
        "with ssl.verifyHostName: false{}",
        place_, printable(cause.message, 200), printable(failure_.peer_host, 256), and_on());
  }

  std::optional<std::string> alert() const {
    constexpr std::string_view kReceived = "Received fatal alert: ";
    const JavaCause* cause = saying(kReceived);
    if (cause == nullptr) return std::nullopt;
    const std::string name =
        printable(cause->message.substr(cause->message.find(kReceived) + kReceived.size()), 60);
    constexpr std::array<std::string_view, 8> kOfClient = {
        "certificate_required", "bad_certificate",        "unknown_ca",
        "certificate_unknown",  "access_denied",          "certificate_expired",
        "certificate_revoked",  "unsupported_certificate"};
    if (std::find(kOfClient.begin(), kOfClient.end(), name) != kOfClient.end()) {
      return client_certificate();
    }
    if (name == "handshake_failure" || name == "protocol_version" ||
        name == "insufficient_security") {
      return nothing_in_common();
    }
    return fmt::format("{} ended the TLS handshake with the alert {}; see the target's log", place_,
                       name);
  }

  /// The alert that says so may be lost when the target closes, so the sentence is the same where
  /// it is only likely: a log line should not change with chance.
  std::string client_certificate() const {
    if (target_.client_key) {
      return fmt::format(
          "{} ended the TLS handshake, most likely because it does not trust the client "
          "certificate of ssl.keyStore; put that, or its authority, into the trust store of the "
          "target",
          place_);
    }
    return fmt::format(
        "{} ended the TLS handshake, most likely because it wants a client certificate; name a "
        "store with a key that it trusts in ssl.keyStore",
        place_);
  }

  std::string nothing_in_common() const {
    return fmt::format(
        "{} and this JVM have no TLS protocol and cipher suite in common ({}); compare "
        "ssl.protocols and ssl.ciphers with "
        "-Dcom.sun.management.jmxremote.ssl.enabled.protocols and …enabled.cipher.suites of the "
        "target",
        place_, detail_);
  }

  std::string no_tls() const {
    if (failure_.stage == JavaFailure::Stage::kLookup) {
      return fmt::format(
          "{} was asked with TLS and speaks none; start the daemon with the environment variable "
          "RMI_REGISTRY_SSL_DISABLED=true if its registry alone is without, else set ssl: false",
          place_);
    }
    return fmt::format("{} was asked with TLS and speaks none; check the port", place_);
  }

  /// What it means that the peer closes before the session stands, after or instead of a word of
  /// TLS.
  std::optional<std::string> broken_off() const {
    if (!is_broken_off() || failure_.stage == JavaFailure::Stage::kOpen) return std::nullopt;
    if (failure_.greeting == kTlsHandshake) return client_certificate();
    const bool asked = target_.registry_tls && failure_.stage == JavaFailure::Stage::kLookup;
    if (failure_.greeting < 0 && (asked || is_of_tls())) return no_tls();
    return std::nullopt;
  }

  const JavaFailure& failure_;
  const TargetAddress& target_;
  const std::string_view place_;
  const std::string_view detail_;
};

}  // namespace

std::optional<std::string> explain_tls(const JavaFailure& failure, const TargetAddress& target,
                                       std::string_view place, std::string_view detail) {
  return TlsExplainer(failure, target, place, detail).explain();
}

}  // namespace jmxbridge
