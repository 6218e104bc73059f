#include "jni/explain.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "jni/java_failure.h"

using namespace jmxbridge;
using Catch::Contains;

namespace {

using Stage = JavaFailure::Stage;

const TargetAddress kTarget{"broker", 9999, "jmxrmi", "hunter2secret"};

JavaFailure failure(Stage stage, std::vector<JavaCause> causes) {
  JavaFailure made;
  made.stage = stage;
  made.peer_host = "broker";
  made.peer_port = 9999;
  made.causes = std::move(causes);
  return made;
}

}  // namespace

TEST_CASE("explain: what the Java side wrote is read back", "[jni]") {
  using namespace std::string_view_literals;
  const JavaFailure read = JavaFailure::parse(
      "1\0host\0"
      "1234\0"
      "78\0java.rmi.ConnectException\0no\0java.net.ConnectException\0\0"sv);
  CHECK(read.stage == Stage::kLogin);
  CHECK(read.peer_host == "host");
  CHECK(read.peer_port == 1234);
  CHECK(read.greeting == 78);
  REQUIRE(read.causes.size() == 2);
  CHECK(read.innermost().type == "java.net.ConnectException");
  CHECK(read.has("rmi.ConnectException"));
  CHECK_FALSE(read.has("EOFException"));
  CHECK(JavaFailure::parse("").causes.empty());
  CHECK(JavaFailure::parse("9").stage == Stage::kOpen);
}

TEST_CASE("explain: a lost session is told from a failed opening", "[jni]") {
  const std::vector<JavaCause> refused = {{"java.rmi.ConnectException", ""},
                                          {"java.net.ConnectException", "Connection refused"}};
  CHECK(explain(failure(Stage::kLookup, refused), kTarget, false).kind == ErrorKind::kFailed);
  CHECK(explain(failure(Stage::kOpen, refused), kTarget, false).kind == ErrorKind::kSession);
  const Error gone =
      explain(failure(Stage::kOpen, {{"java.rmi.NoSuchObjectException", "no such object"}}),
              kTarget, false);
  CHECK(gone.kind == ErrorKind::kSession);
  CHECK_THAT(gone.text, Contains("broker:9999 has ended the session or was restarted"));
  const Error reset = explain(failure(Stage::kOpen, {{"java.rmi.UnmarshalException", ""},
                                                     {"java.net.SocketException", "reset"}}),
                              kTarget, false);
  CHECK(reset.kind == ErrorKind::kSession);
  const Error memory = explain(
      failure(Stage::kOpen, {{"java.lang.OutOfMemoryError", "Java heap space"}}), kTarget, false);
  CHECK(memory.kind == ErrorKind::kSession);
  CHECK_THAT(memory.text, Contains("--java.options=-Xmx"));
}

TEST_CASE("explain: a socket factory of the target's own is no matter for its log", "[jni]") {
  const Error error =
      explain(failure(Stage::kLookup, {{"java.rmi.UnmarshalException", "error"},
                                       {"java.lang.ClassNotFoundException", "com.acme.Sockets"}}),
              kTarget, false);
  CHECK(error.kind == ErrorKind::kFailed);
  CHECK_THAT(error.text,
             Contains("The stub of broker:9999 needs a class") && Contains("com.acme.Sockets"));
}

TEST_CASE("explain: a time-out is one of the deadline only when that has passed", "[jni]") {
  const std::vector<JavaCause> slow = {{"java.rmi.UnmarshalException", ""},
                                       {"java.net.SocketTimeoutException", "Read timed out"}};
  CHECK(explain(failure(Stage::kOpen, slow), kTarget, true).kind == ErrorKind::kDeadline);
  CHECK(explain(failure(Stage::kOpen, slow), kTarget, false).kind == ErrorKind::kSession);
  JavaFailure connecting =
      failure(Stage::kLookup, {{"java.rmi.ConnectIOException", ""},
                               {"java.net.SocketTimeoutException", "Connect timed out"}});
  CHECK_THAT(explain(connecting, kTarget, true).text, Contains("check host, port and firewall"));
  connecting.stage = Stage::kLogin;
  connecting.peer_host = "10.0.0.9";
  connecting.peer_port = 40000;
  CHECK_THAT(explain(connecting, kTarget, true).text,
             Contains("The stub of broker:9999 names 10.0.0.9:40000") &&
                 Contains("-Djava.rmi.server.hostname"));
}

TEST_CASE("explain: an RMI port that is no registry says which port to use", "[jni]") {
  CHECK_THAT(
      explain(failure(Stage::kLookup, {{"java.rmi.NoSuchObjectException", ""}}), kTarget, false)
          .text,
      Contains("is no registry"));
  CHECK_THAT(
      explain(failure(Stage::kLogin, {{"java.rmi.NoSuchObjectException", ""}}), kTarget, false)
          .text,
      Contains("the stub is that of a process which has ended"));
}

TEST_CASE("explain: a failure of TLS says what is wrong with whom", "[jni]") {
  const auto handshake = [](const char* type, const char* message) {
    return failure(Stage::kLookup, {{"java.rmi.ConnectIOException", "error"},
                                    {"javax.net.ssl.SSLHandshakeException", "PKIX path"},
                                    {type, message}});
  };
  const auto text = [](const JavaFailure& failed, const TargetAddress& target = kTarget) {
    return explain(failed, target, false).text;
  };
  CHECK(text(handshake("java.security.cert.CertificateExpiredException", "NotAfter: yesterday")) ==
        "The certificate of broker:9999 has expired (NotAfter: yesterday); renew it in the key "
        "store of the target");
  CHECK_THAT(text(handshake("java.security.cert.CertificateNotYetValidException", "NotBefore: x")),
             Contains("is not valid yet (NotBefore: x); check the clocks"));
  for (const char* message :
       {"No subject alternative names present", "No name matching broker found",
        "No subject alternative DNS name matching broker found."}) {
    CHECK_THAT(text(handshake("java.security.cert.CertificateException", message)),
               Contains("is for another host (") && Contains(message) &&
                   Contains("have it issued for broker,"));
  }
  const JavaFailure strange =
      handshake("sun.security.provider.certpath.SunCertPathBuilderException",
                "unable to find valid certification path to requested target");
  TargetAddress with_tls = kTarget;
  with_tls.tls = true;
  CHECK_THAT(text(strange), Contains("name that in ssl.trustStore, with ssl.enabled: true"));
  CHECK_THAT(text(strange, with_tls), !Contains("ssl.enabled"));
  CHECK_THAT(text(handshake("javax.net.ssl.SSLHandshakeException",
                            "No appropriate protocol (protocol is disabled)")),
             Contains("no TLS protocol and cipher suite in common"));
  CHECK_THAT(text(handshake("javax.net.ssl.SSLException", "something\nnew")),
             Contains("failed (javax.net.ssl.SSLException: something") && !Contains("\n"));
}

TEST_CASE("explain: an alert about the client certificate, and its loss, give one sentence",
          "[jni]") {
  TargetAddress with_key = kTarget;
  with_key.client_key = true;
  JavaFailure lost = failure(Stage::kLogin, {{"java.rmi.ConnectIOException", "error"},
                                             {"java.net.SocketException", "Broken pipe"}});
  lost.greeting = 0x16;
  for (const char* alert : {"certificate_required", "bad_certificate", "certificate_unknown"}) {
    const JavaFailure told = failure(
        Stage::kLogin,
        {{"javax.net.ssl.SSLHandshakeException", std::string("Received fatal alert: ") + alert}});
    for (const TargetAddress& target : {kTarget, with_key}) {
      CHECK(explain(told, target, false).text == explain(lost, target, false).text);
    }
  }
  CHECK_THAT(explain(lost, kTarget, false).text, Contains("it wants a client certificate"));
  CHECK_THAT(explain(lost, with_key, false).text, Contains("does not trust the client"));
  const JavaFailure other = failure(
      Stage::kLogin, {{"javax.net.ssl.SSLException", "Received fatal alert: internal_error"}});
  CHECK_THAT(explain(other, kTarget, false).text, Contains("with the alert internal_error"));
}

TEST_CASE("explain: a registry that hangs up when it is asked with TLS speaks none", "[jni]") {
  TargetAddress asked = kTarget;
  asked.tls = asked.registry_tls = true;
  for (const auto& causes :
       {std::vector<JavaCause>{
            {"java.rmi.ConnectIOException", ""},
            {"javax.net.ssl.SSLHandshakeException", "Remote host terminated the handshake"},
            {"java.io.EOFException", "SSL peer shut down incorrectly"}},
        std::vector<JavaCause>{{"java.rmi.ConnectIOException", ""},
                               {"java.net.SocketException", "Connection reset"}}}) {
    JavaFailure hung_up = failure(Stage::kLookup, causes);
    CHECK_THAT(explain(hung_up, asked, false).text, Contains("RMI_REGISTRY_SSL_DISABLED=true"));
    hung_up.stage = Stage::kOpen;
    CHECK_THAT(explain(hung_up, asked, false).text, !Contains("RMI_REGISTRY_SSL_DISABLED"));
  }
  // Without a word of TLS it may be anything.
  CHECK_THAT(explain(failure(Stage::kLookup, {{"java.net.SocketException", "Connection reset"}}),
                     kTarget, false)
                 .text,
             Contains("closed the connection without a word"));
}

TEST_CASE("explain: what ends an open session under TLS is no failure of TLS", "[jni]") {
  JavaFailure reset = failure(Stage::kOpen, {{"java.rmi.UnmarshalException", ""},
                                             {"javax.net.ssl.SSLException", "Connection reset"},
                                             {"java.net.SocketException", "Connection reset"}});
  reset.greeting = 0x16;
  CHECK(explain(reset, kTarget, false).kind == ErrorKind::kSession);
  CHECK_THAT(explain(reset, kTarget, false).text, Contains("broke off"));
  const JavaFailure slow =
      failure(Stage::kOpen, {{"javax.net.ssl.SSLException", "Read timed out"},
                             {"java.net.SocketTimeoutException", "Read timed out"}});
  CHECK(explain(slow, kTarget, true).kind == ErrorKind::kDeadline);
}

TEST_CASE("explain: no text shows a password, an object id or control characters", "[jni]") {
  const Error error = explain(
      failure(Stage::kOpen,
              {{"java.rmi.ServerException",
                "hunter2secret at [endpoint:[h:1](remote),objID:[-4b2f:0, 7261]]\nnext\x1b[31m"}}),
      kTarget, false);
  CHECK_THAT(error.text, !Contains("hunter2secret") && Contains("<secret>"));
  CHECK_THAT(error.text, !Contains("4b2f") && Contains("objID:["));
  CHECK(error.text.find('\n') == std::string::npos);
  CHECK(error.text.find('\x1b') == std::string::npos);
}

TEST_CASE("explain: a password that a text is cut off in is not shown, and a word is no password",
          "[jni]") {
  const auto text = [](const std::string& message, const std::string& password) {
    TargetAddress target = kTarget;
    target.password = password;
    return explain(failure(Stage::kLogin, {{"java.lang.Error", message}}), target, false).text;
  };
  const std::string secret(90, 's');
  const std::string cut = text(
      "no: " + secret + " " + secret + " " + std::string(150, 'y') + " " + secret.substr(0, 64),
      secret);
  CHECK_THAT(cut, Contains("no: <secret> <secret> yyy"));
  CHECK_THAT(cut, Contains("y <secret>"));
  CHECK_THAT(cut, !Contains("sssss"));
  CHECK_THAT(text("it has failed", "a"), Contains("it has failed"));
  CHECK_THAT(text("wrong: pass, word", "word"), Contains("wrong: pass, <secret>"));
}

TEST_CASE("explain: a refused login is told from other failures", "[jni]") {
  const Error refused =
      explain(failure(Stage::kLogin,
                      {{"java.lang.SecurityException", "Authentication failed! hunter2secret"}}),
              kTarget, false);
  CHECK(refused.kind == ErrorKind::kLogin);
  CHECK_THAT(refused.text, Contains("broker:9999 refused the login; check username and password"));
  CHECK_THAT(refused.text, !Contains("hunter2"));
  const Error wanted = explain(failure(Stage::kLogin, {{"java.lang.SecurityException",
                                                        "Authentication failed! Credentials "
                                                        "required"}}),
                               kTarget, false);
  CHECK(wanted.kind == ErrorKind::kFailed);
}

TEST_CASE("explain: the dial function's refusal of a stub's address names the stub", "[jni]") {
  JavaFailure refused =
      failure(Stage::kLogin, {{"java.rmi.ConnectIOException", ""},
                              {"io.jmxbridge.DialRefused", "169.254.169.254 is not allowed"}});
  refused.peer_host = "169.254.169.254";
  refused.peer_port = 80;
  const std::string text = explain(refused, kTarget, false).text;
  CHECK_THAT(text, Contains("The stub of broker:9999 names 169.254.169.254:80") &&
                       Contains("169.254.169.254 is not allowed"));
}
