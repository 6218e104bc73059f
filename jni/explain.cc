#include "jni/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "jni/explain_tls.h"

namespace jmxbridge {
namespace {

// First bytes of an answer: a TLS alert, a TLS handshake, JRMP's own, and the H of HTTP/1.1.
constexpr int kTlsAlert = 0x15;
constexpr int kJrmpAcknowledge = 0x4e;
constexpr int kHttp = 'H';

std::string host_and_port(std::string_view host, std::uint16_t port) {
  const bool bracketed = host.find(':') != std::string_view::npos;
  return bracketed ? fmt::format("[{}]:{}", printable(host), port)
                   : fmt::format("{}:{}", printable(host), port);
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

/// Takes object ids out: whoever has one can use the session.
void drop_object_ids(std::string& text) {
  constexpr std::string_view kId = "objID:[";
  for (std::size_t at = text.find(kId); at != std::string::npos; at = text.find(kId, at + 1)) {
    const std::size_t start = at + kId.size();
    const std::size_t end = std::min(text.find(']', start), text.size());
    text.replace(start, end - start, "…");
  }
}

/// Takes a password out, also one that the end of the text cuts off. One that is shorter than a
/// word stays: what is left of the words around it would tell what it is.
void drop_secret(std::string& text, std::string_view secret) {
  constexpr std::string_view kInstead = "<secret>";
  constexpr std::size_t kShortest = 4;
  constexpr std::size_t kCutAt = 400;  // in io.jmxbridge.Failures
  if (secret.size() < kShortest) return;
  const bool is_cut = text.size() >= kCutAt;
  replace_all(text, secret, kInstead);
  if (!is_cut) return;
  for (std::size_t size = std::min(secret.size(), text.size()); size >= kShortest; --size) {
    if (!text.ends_with(secret.substr(0, size))) continue;
    text.replace(text.size() - size, size, kInstead);
    return;
  }
}

std::string quote(const JavaCause& cause, const TargetAddress& target) {
  std::string text =
      cause.message.empty() ? cause.type : fmt::format("{}: {}", cause.type, cause.message);
  drop_secret(text, target.password);
  drop_object_ids(text);
  return printable(text, 300);
}

/// Writes the sentences; `who` is the address that the trouble is with.
class Explainer {
 public:
  Explainer(const JavaFailure& failure, const TargetAddress& target, bool expired)
      : failure_(failure), target_(target), expired_(expired), who_(target.text()) {}

  Error explain() const {
    if (failure_.has("OutOfMemoryError")) {
      return session(
          fmt::format("{} sends more than the heap of the embedded JVM holds; raise it with "
                      "--java.options=-Xmx256m, or read fewer MBeans with includeObjectNames",
                      who_));
    }
    if (failure_.has("io.jmxbridge.DialRefused")) return refused_by_policy();
    if (failure_.has("NotBoundException")) {
      return failed(fmt::format(
          "{} is an RMI registry without `{}`; check the port, and that the target runs with "
          "-Dcom.sun.management.jmxremote.port",
          who_, printable(target_.name, 128)));
    }
    if (failure_.has("NoSuchObjectException")) return no_such_object();
    if (std::optional<std::string> tls =
            explain_tls(failure_, target_, place(), quote(failure_.innermost(), target_))) {
      return lost(std::move(*tls));
    }
    if (failure_.stage != JavaFailure::Stage::kOpen) {
      if (failure_.has("SecurityException")) return login_refused();
      if (Error error = not_jmx(); !error.text.empty()) return error;
    }
    if (failure_.has("UnknownHostException")) {
      return failed(
          fmt::format("The name of {} cannot be resolved; check it for misspelling and "
                      "the name service of this machine",
                      place()));
    }
    if (failure_.has("SocketTimeoutException")) return timed_out();
    if (failure_.has("java.net.ConnectException") || failure_.has("java.rmi.ConnectException")) {
      return connection_refused();
    }
    if (failure_.has("InvalidObjectException") || failure_.has("StreamCorruptedException")) {
      return failed(fmt::format("What {} offers is no JMX server ({}); check the URL", who_,
                                quote(failure_.innermost(), target_)));
    }
    if (is_connection_trouble()) {
      return session(
          fmt::format("The connection to {} broke off ({}); see the target's log if this "
                      "goes on",
                      place(), quote(failure_.innermost(), target_)));
    }
    if (failure_.stage != JavaFailure::Stage::kOpen && failure_.has("ClassNotFoundException")) {
      return failed(fmt::format(
          "The stub of {} needs a class that only the target has ({}); give the daemon a "
          "connector whose socket factories are the JDK's, as that of "
          "-Dcom.sun.management.jmxremote.port is",
          who_, quote(failure_.innermost(), target_)));
    }
    return failed(fmt::format("{} answered with an error ({}); see the target's log", who_,
                              quote(failure_.innermost(), target_)));
  }

 private:
  static Error failed(std::string text) { return {ErrorKind::kFailed, std::move(text)}; }
  static Error session(std::string text) { return {ErrorKind::kSession, std::move(text)}; }

  /// An error of opening, or of an open session, which is then lost.
  Error lost(std::string text) const {
    return failure_.stage == JavaFailure::Stage::kOpen ? session(std::move(text))
                                                       : failed(std::move(text));
  }

  bool is_connection_trouble() const {
    return failure_.has("EOFException") || failure_.has("SocketException") ||
           failure_.has("ConnectIOException") || failure_.has("java.io.IOException");
  }

  /// True if the target's stub leads elsewhere than to the address in the configuration.
  bool is_elsewhere() const {
    return failure_.stage != JavaFailure::Stage::kLookup && !failure_.peer_host.empty() &&
           (failure_.peer_host != target_.host || failure_.peer_port != target_.port);
  }

  std::string peer() const { return host_and_port(failure_.peer_host, failure_.peer_port); }

  /// Who was connected to last.
  std::string place() const { return failure_.peer_host.empty() ? who_ : peer(); }

  Error refused_by_policy() const {
    const JavaCause& cause = failure_.innermost();
    const std::string why = printable(cause.message);
    if (!is_elsewhere()) return lost(why);
    return lost(fmt::format(
        "The stub of {} names {}: {}; if that address is wrong, set -Djava.rmi.server.hostname on "
        "the target",
        who_, peer(), why));
  }

  Error no_such_object() const {
    switch (failure_.stage) {
      case JavaFailure::Stage::kLookup:
        return failed(
            fmt::format("{} speaks RMI, but is no registry; use the port that "
                        "-Dcom.sun.management.jmxremote.port gives, not the one of rmi.port",
                        who_));
      case JavaFailure::Stage::kLogin:
        return failed(fmt::format(
            "What {} leads to is gone: the stub is that of a process which has ended; look at the "
            "registry, or renew the stub in the URL",
            who_));
      case JavaFailure::Stage::kOpen:
        break;
    }
    return session(fmt::format(
        "{} has ended the session or was restarted; a new session is opened at the next scrape",
        who_));
  }

  Error login_refused() const {
    for (const JavaCause& cause : failure_.causes) {
      if (cause.message.find("Credentials required") != std::string::npos) {
        return failed(
            fmt::format("{} wants a user name and a password; set username and password", who_));
      }
    }
    return {ErrorKind::kLogin,
            fmt::format("{} refused the login; check username and password, and the target's "
                        "access file: the same ones are tried again after a pause that grows to a "
                        "minute, others at once",
                        who_)};
  }

  /// What answers, but not as JMX does; no text if that is not so.
  Error not_jmx() const {
    const bool silent = failure_.greeting < 0;
    // Who greets with a TLS handshake was asked for it.
    if (!silent && failure_.greeting != kJrmpAcknowledge && failure_.greeting != kTlsHandshake) {
      if (failure_.greeting == kTlsAlert) {
        return failed(fmt::format(
            "{} looks like TLS, and was spoken to without; set ssl: true, or use the port of a "
            "target with -Dcom.sun.management.jmxremote.ssl=false",
            place()));
      }
      if (failure_.greeting == kHttp) {
        return failed(
            fmt::format("{} is an HTTP port, not a JMX port; use the one that "
                        "-Dcom.sun.management.jmxremote.port gives",
                        place()));
      }
      return failed(
          fmt::format("{} does not speak JMX over RMI; use the port that "
                      "-Dcom.sun.management.jmxremote.port gives",
                      place()));
    }
    const bool accepted = failure_.has("EOFException") || failure_.has("Connection reset") ||
                          (failure_.has("SocketException") && !failure_.has("ConnectException"));
    if (silent && accepted) {
      return failed(fmt::format(
          "{} closed the connection without a word: it is no JMX port, or it speaks TLS; use the "
          "port that -Dcom.sun.management.jmxremote.port gives, and ssl: true if it has TLS",
          place()));
    }
    return failed({});
  }

  Error timed_out() const {
    bool connecting = false;
    for (const JavaCause& cause : failure_.causes) {
      connecting = connecting || cause.message.starts_with("Connect timed out") ||
                   cause.message.starts_with("connect timed out");
    }
    std::string text;
    if (connecting && is_elsewhere()) {
      text = unreachable_stub("does not answer");
    } else if (connecting) {
      text = fmt::format("{} does not answer: no connection in time; check host, port and firewall",
                         place());
    } else if (failure_.stage != JavaFailure::Stage::kOpen && failure_.greeting < 0) {
      text = fmt::format(
          "{} accepted the connection and sent nothing: the process is frozen, or this is no JMX "
          "port; check the port, and the target with jstack",
          place());
    } else {
      text = fmt::format("{} did not answer in time; raise the scrape timeout, or check the target",
                         place());
    }
    if (expired_) return {ErrorKind::kDeadline, std::move(text)};
    return lost(std::move(text));
  }

  std::string unreachable_stub(std::string_view what) const {
    return fmt::format(
        "The stub of {} names {}, which {}; set -Djava.rmi.server.hostname on the target to an "
        "address that this machine can reach",
        who_, peer(), what);
  }

  Error connection_refused() const {
    if (is_elsewhere()) return lost(unreachable_stub("cannot be connected to"));
    return lost(fmt::format(
        "{} refused the connection; check that the target runs and that this is its JMX port",
        place()));
  }

  const JavaFailure& failure_;
  const TargetAddress& target_;
  const bool expired_;
  const std::string who_;
};

}  // namespace

std::string TargetAddress::text() const {
  return host.empty() ? std::string("The target") : host_and_port(host, port);
}

Error explain(const JavaFailure& failure, const TargetAddress& target, bool expired) {
  return Explainer(failure, target, expired).explain();
}

}  // namespace jmxbridge
