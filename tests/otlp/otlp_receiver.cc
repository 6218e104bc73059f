// A receiver of OTLP for tests: what comes in is decoded by Google's protobuf, with the public
// schema, and printed on stdout as a line of JSON.
//
//   otlp_receiver grpc [CERTIFICATE KEY [AUTHORITY]]   serves on a free port of loopback, with TLS
//   if
//       there is a certificate, and with client certificates if there is an authority (PEM files);
//       prints {"port": N} first. Each call's line is {"metadata": {…}, "request": {…}}.
//       Lines on stdin say how calls are answered from then on:
//         ok                 taken
//         partial N TEXT     N points left out
//         fail CODE TEXT     a status
//         retry CODE MS      a status with a RetryInfo of so many milliseconds
//         hang               no answer
//   otlp_receiver decode     reads requests from stdin, each behind its length as a decimal line

#include <google/protobuf/util/json_util.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include "otlp_schema.h"

namespace {

using google::protobuf::Message;

constexpr const char* kPath = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
const std::string kPackage = "opentelemetry.proto.collector.metrics.v1.";

std::string json_of(const Message& message) {
  std::string text;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  if (!MessageToJsonString(message, &text, options).ok()) return "null";
  return text;
}

/// JSON's text of any bytes, which become Latin-1.
std::string json_text(const std::string& text) {
  std::ostringstream out;
  out << '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\') {
      out << c;
    } else {
      constexpr const char* kDigits = "0123456789abcdef";
      out << "\\u00" << kDigits[byte >> 4] << kDigits[byte & 15];
    }
  }
  out << '"';
  return out.str();
}

/// Lines on stdout, whole.
void print(const std::string& line) {
  static std::mutex mutex;
  const std::lock_guard<std::mutex> lock(mutex);
  std::cout << line << std::endl;
}

/// How calls are answered.
struct Answer {
  std::string kind = "ok";
  int code = 0;
  std::int64_t number = 0;
  std::string text;
};

class Answers {
 public:
  Answer get() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return answer_;
  }

  void set(const std::string& line) {
    std::istringstream words(line);
    Answer answer;
    words >> answer.kind;
    if (answer.kind == "partial") words >> answer.number;
    if (answer.kind == "fail" || answer.kind == "retry") words >> answer.code;
    if (answer.kind == "retry") words >> answer.number;
    std::getline(words >> std::ws, answer.text);
    const std::lock_guard<std::mutex> lock(mutex_);
    answer_ = answer;
  }

 private:
  mutable std::mutex mutex_;
  Answer answer_;
};

std::string bytes_of(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

void put_varint(std::uint64_t number, std::string& out) {
  for (; number > 0x7F; number >>= 7) out += static_cast<char>((number & 0x7F) | 0x80);
  out += static_cast<char>(number);
}

void put_bytes(int field, const std::string& bytes, std::string& out) {
  put_varint(static_cast<std::uint64_t>(field << 3 | 2), out);
  put_varint(bytes.size(), out);
  out += bytes;
}

void put_number(int field, std::int64_t number, std::string& out) {
  put_varint(static_cast<std::uint64_t>(field << 3), out);
  put_varint(static_cast<std::uint64_t>(number), out);
}

/// A google.rpc.Status with a RetryInfo.
std::string retry_details(int code, std::int64_t milliseconds) {
  std::string delay;
  put_number(1, milliseconds / 1000, delay);
  put_number(2, milliseconds % 1000 * 1'000'000, delay);
  std::string info;
  put_bytes(1, delay, info);
  std::string any;
  put_bytes(1, "type.googleapis.com/google.rpc.RetryInfo", any);
  put_bytes(2, info, any);
  std::string status;
  put_number(1, code, status);
  put_bytes(3, any, status);
  return status;
}

class Receiver final : public grpc::CallbackGenericService {
 public:
  explicit Receiver(const Answers& answers) : answers_(answers) {}

 private:
  class Call final : public grpc::ServerGenericBidiReactor {
   public:
    Call(Receiver& receiver, grpc::GenericCallbackServerContext& context)
        : receiver_(receiver), context_(context) {
      if (context.method() == kPath) {
        StartRead(&request_);
      } else {
        Finish(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "no such method"));
      }
    }

    void OnReadDone(bool ok) override {
      if (!ok) {
        Finish(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "no request"));
        return;
      }
      receiver_.print_call(context_, bytes_of(request_));
      const Answer answer = receiver_.answers_.get();
      if (answer.kind == "hang") {
        // Whichever comes second, this or OnCancel, ends the call.
        if (hangs_or_cancelled_.exchange(true)) Finish(grpc::Status::CANCELLED);
        return;
      }
      if (answer.kind == "fail" || answer.kind == "retry") {
        const auto code = static_cast<grpc::StatusCode>(answer.code);
        const std::string details =
            answer.kind == "retry" ? retry_details(answer.code, answer.number) : std::string();
        Finish(grpc::Status(code, answer.text, details));
        return;
      }
      std::string response;
      if (answer.kind == "partial") {
        std::string partial;
        put_number(1, answer.number, partial);
        put_bytes(2, answer.text, partial);
        put_bytes(1, partial, response);
      }
      const grpc::Slice slice(response);
      response_ = grpc::ByteBuffer(&slice, 1);
      StartWriteAndFinish(&response_, grpc::WriteOptions(), grpc::Status::OK);
    }
    void OnCancel() override {
      if (hangs_or_cancelled_.exchange(true)) Finish(grpc::Status::CANCELLED);
    }
    void OnDone() override { delete this; }

   private:
    Receiver& receiver_;
    grpc::GenericCallbackServerContext& context_;
    grpc::ByteBuffer request_;
    grpc::ByteBuffer response_;
    std::atomic<bool> hangs_or_cancelled_{false};
  };

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    return new Call(*this, *context);  // gRPC's reactors delete themselves when they are done
  }

  void print_call(const grpc::GenericCallbackServerContext& context, const std::string& bytes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::string metadata;
    for (const auto& [name, value] : context.client_metadata()) {
      if (!metadata.empty()) metadata += ", ";
      metadata +=
          json_text({name.data(), name.size()}) + ": " + json_text({value.data(), value.size()});
    }
    const std::unique_ptr<Message> request =
        schema_.parse(kPackage + "ExportMetricsServiceRequest", bytes);
    print("{\"metadata\": {" + metadata +
          "}, \"request\": " + (request ? json_of(*request) : "null") + "}");
  }

  const Answers& answers_;
  std::mutex mutex_;
  jmxbridge::OtlpSchema schema_;
};

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::shared_ptr<grpc::ServerCredentials> credentials(const std::vector<std::string>& files) {
  if (files.size() < 2) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions options;
  options.pem_key_cert_pairs.push_back({file_text(files[1]), file_text(files[0])});
  if (files.size() > 2) {
    options.pem_root_certs = file_text(files[2]);
    options.client_certificate_request = GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
  }
  return grpc::SslServerCredentials(options);
}

int serve(const std::vector<std::string>& files) {
  Answers answers;
  Receiver receiver(answers);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", credentials(files), &port);
  builder.RegisterCallbackGenericService(&receiver);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server) return 1;
  print("{\"port\": " + std::to_string(port) + "}");
  for (std::string line; std::getline(std::cin, line);) {
    answers.set(line);
    print("{\"answers\": " + json_text(line) + "}");
  }
  server->Shutdown(std::chrono::system_clock::now());
  return 0;
}

int decode() {
  jmxbridge::OtlpSchema schema;
  for (std::string line; std::getline(std::cin, line);) {
    std::string bytes(std::stoul(line), '\0');
    if (!std::cin.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) return 1;
    const std::unique_ptr<Message> request =
        schema.parse(kPackage + "ExportMetricsServiceRequest", bytes);
    print(request ? json_of(*request) : "null");
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words[0] == "grpc") return serve({words.begin() + 1, words.end()});
  if (words.size() == 1 && words[0] == "decode") return decode();
  std::cerr << "usage: otlp_receiver grpc [CERTIFICATE KEY [AUTHORITY]] | decode\n";
  return 2;
}
