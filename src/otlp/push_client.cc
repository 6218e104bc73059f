#include "otlp/push_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <new>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/log.h"
#include "base/text_file.h"
#include "exposition/gzip.h"
#include "otlp/curl_library.h"

namespace jmxbridge {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = PushOutcome::Kind;
using std::chrono::milliseconds;

constexpr std::string_view kGrpcPath =
    "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
constexpr std::size_t kMostBody = std::size_t{1} << 20;
constexpr std::size_t kMostHeaders = 64 * 1024;
/// Larger than the authorities of any system.
constexpr std::size_t kLargestPem = std::size_t{16} << 20;
/// Between two looks at a transfer that is due to end.
constexpr milliseconds kLongestPoll{1000};

struct FreeEasy {
  const CurlLibrary& curl;
  void operator()(CURL* easy) const { curl.easy_cleanup(easy); }
};
struct FreeMulti {
  const CurlLibrary& curl;
  void operator()(CURLM* multi) const { curl.multi_cleanup(multi); }
};

/// A list of header lines, as libcurl takes it.
class HeaderList {
 public:
  explicit HeaderList(const CurlLibrary& curl) : curl_(curl) {}
  ~HeaderList() { curl_.slist_free_all(list_); }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;

  void add(const std::string& line) {
    curl_slist* longer = curl_.slist_append(list_, line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    list_ = longer;
  }
  curl_slist* get() const { return list_; }

 private:
  const CurlLibrary& curl_;
  curl_slist* list_ = nullptr;
};

std::string without_query(const std::string& url) { return url.substr(0, url.find('?')); }

/// Takes "name: value" apart if the name is that, in any case.
bool take_header(std::string_view line, std::string_view name, std::string& value) {
  if (line.size() <= name.size() || line[name.size()] != ':') return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (to_lower(line[i]) != name[i]) return false;
  }
  line.remove_prefix(name.size() + 1);
  while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
  while (!line.empty() && static_cast<unsigned char>(line.back()) <= ' ') line.remove_suffix(1);
  value = line;
  return true;
}

/// gRPC's text of a time-out has eight digits at most.
std::string grpc_timeout(milliseconds time) {
  constexpr std::int64_t kMost = 99'999'999;
  if (time.count() <= kMost) return fmt::format("{}m", std::max<std::int64_t>(time.count(), 1));
  return fmt::format("{}S", std::min<std::int64_t>(time.count() / 1000, kMost));
}

/// Why there was no answer. Some failures mend by themselves.
PushOutcome transport_failure(const CurlLibrary& curl, CURLcode code) {
  const auto outcome = [code](Kind kind, std::string what, std::string advice) {
    return PushOutcome{kind, fmt::format("curl {}", static_cast<int>(code)), std::move(what), "",
                       std::move(advice)};
  };
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return outcome(Kind::kRetry, "it did not answer in time",
                     "look at the receiver, or raise openTelemetry.timeoutSeconds");
    case CURLE_COULDNT_RESOLVE_HOST:
      return outcome(Kind::kRetry, "its name has no address", "check openTelemetry.endpoint");
    case CURLE_COULDNT_CONNECT:
      return outcome(Kind::kRetry, "it cannot be reached",
                     "start the receiver, or correct openTelemetry.endpoint");
    case CURLE_PEER_FAILED_VERIFICATION:
      return outcome(Kind::kRefused, "its certificate is not trusted, or not for this host",
                     "name the file of its authority in OTEL_EXPORTER_OTLP_CERTIFICATE");
    case CURLE_SSL_CACERT_BADFILE:
      return outcome(Kind::kRefused,
                     "its authority's file, OTEL_EXPORTER_OTLP_CERTIFICATE, is not readable PEM",
                     "correct the file or the variable");
    case CURLE_SSL_CERTPROBLEM:
      return outcome(Kind::kRefused, "it asks for a certificate, and the one here cannot be used",
                     "check the files in OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and "
                     "OTEL_EXPORTER_OTLP_CLIENT_KEY");
    case CURLE_WRITE_ERROR:
      return outcome(Kind::kRefused, "its answer is larger than any of a receiver of OTLP",
                     "check openTelemetry.endpoint");
    default:
      return outcome(Kind::kRetry, fmt::format("it broke off ({})", curl.easy_strerror(code)),
                     "check openTelemetry.endpoint and openTelemetry.protocol");
  }
}

}  // namespace

class PushClient::Transfer {
 public:
  Transfer(const CurlLibrary& curl, const OpenTelemetryConfig& config)
      : curl_(curl),
        config_(config),
        is_grpc_(config.protocol == OpenTelemetryConfig::Protocol::kGrpc),
        multi_(curl.multi_init(), FreeMulti{curl}),
        easy_(curl.easy_init(), FreeEasy{curl}) {
    if (!multi_ || !easy_) throw std::bad_alloc();
    set_up();
  }

  PushOutcome send(std::string_view request, Clock::time_point deadline) {
    const Clock::time_point now = Clock::now();
    const Clock::time_point end = std::min(deadline, now + config_.timeout);
    const milliseconds time = std::max(std::chrono::ceil<milliseconds>(end - now), milliseconds(1));
    if (std::optional<PushOutcome> unusable = unusable_file()) return std::move(*unusable);
    frame(request);
    HeaderList headers(curl_);
    add_headers(time, headers);
    set(CURLOPT_HTTPHEADER, headers.get());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body_.size()));
    set(CURLOPT_POSTFIELDS, body_.data());
    // libcurl waits for at most what a long holds; ours may be weeks.
    const long wait = static_cast<long>(std::min<std::int64_t>(time.count(), 1L << 30));
    set(CURLOPT_TIMEOUT_MS, wait);
    set(CURLOPT_CONNECTTIMEOUT_MS, wait);
    answer_ = PushAnswer();
    header_bytes_ = 0;
    PushOutcome outcome = perform(end);
    set(CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
    return outcome;
  }

  void abort() {
    aborted_ = true;
    curl_.multi_wakeup(multi_.get());
  }
  void allow() { aborted_ = false; }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    const CURLcode code = curl_.easy_setopt(easy_.get(), option, value);
    if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  }

  void set_up() {
    const bool is_tls = config_.endpoint.starts_with("https:");
    std::string url = config_.endpoint;
    if (is_grpc_) url += kGrpcPath;
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_POST, 1L);
    set(CURLOPT_USERAGENT, "jmxbridge/" JMXBRIDGE_VERSION);
    // The file says where to; the environment's proxies are for others.
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NOSIGNAL, 1L);
    // A name server that does not answer does not hold the end of a transfer.
    set(CURLOPT_QUICK_EXIT, 1L);
    set(CURLOPT_TCP_KEEPALIVE, 1L);
    long version = CURL_HTTP_VERSION_1_1;
    if (is_grpc_) {
      version = is_tls ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
    }
    set(CURLOPT_HTTP_VERSION, version);
    // libcurl before 8.0 breaks the second request of a connection that begins as HTTP/2 without
    // TLS: https://github.com/curl/curl/pull/10643.
    if (is_grpc_ && !is_tls) set(CURLOPT_FORBID_REUSE, 1L);
    if (is_tls) set_up_tls();
    set(CURLOPT_WRITEFUNCTION, &Transfer::take_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_HEADERFUNCTION, &Transfer::take_header_line);
    set(CURLOPT_HEADERDATA, this);
  }

  void set_up_tls() {
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    const OpenTelemetryConfig::Tls& tls = config_.tls;
    if (!tls.authorities.empty()) {
      set(CURLOPT_CAINFO, tls.authorities.c_str());
      set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    }
    if (!tls.client_certificate.empty()) {
      set(CURLOPT_SSLCERT, tls.client_certificate.c_str());
      set(CURLOPT_SSLKEY, tls.client_key.c_str());
    }
  }

  /// libcurl opens them by their names, and would wait for a pipe.
  std::optional<PushOutcome> unusable_file() const {
    if (!config_.endpoint.starts_with("https:")) return std::nullopt;
    const OpenTelemetryConfig::Tls& tls = config_.tls;
    for (const auto& [variable, path] :
         {std::pair("OTEL_EXPORTER_OTLP_CERTIFICATE", &tls.authorities),
          std::pair("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", &tls.client_certificate),
          std::pair("OTEL_EXPORTER_OTLP_CLIENT_KEY", &tls.client_key)}) {
      if (path->empty()) continue;
      const Result<void> fine = check_file(*path, kLargestPem);
      if (fine) continue;
      return PushOutcome{
          Kind::kRefused, variable,
          fmt::format("it was not asked, for the file of {} cannot be used", variable), "",
          fmt::format("{}: {}", printable(*path), fine.error().text)};
    }
    return std::nullopt;
  }

  /// Puts the request into body_ as it goes onto the wire.
  void frame(std::string_view request) {
    if (config_.gzip) {
      gzip_.compress(request, compressed_);
      request = compressed_;
    }
    body_.clear();
    if (is_grpc_) {
      body_ += static_cast<char>(config_.gzip ? 1 : 0);
      const auto size = static_cast<std::uint32_t>(request.size());
      for (int shift = 24; shift >= 0; shift -= 8) body_ += static_cast<char>(size >> shift);
    }
    body_ += request;
  }

  void add_headers(milliseconds time, HeaderList& headers) const {
    // libcurl would ask first whether the receiver wants a large request.
    headers.add("Expect:");
    if (is_grpc_) {
      headers.add("Content-Type: application/grpc");
      headers.add("TE: trailers");
      headers.add("grpc-timeout: " + grpc_timeout(time));
      if (config_.gzip) headers.add("grpc-encoding: gzip");
    } else {
      headers.add("Content-Type: application/x-protobuf");
      if (config_.gzip) headers.add("Content-Encoding: gzip");
    }
    for (const auto& [name, value] : config_.headers) {
      headers.add(fmt::format("{}: {}", name, value));
    }
  }

  PushOutcome perform(Clock::time_point end) {
    curl_.multi_add_handle(multi_.get(), easy_.get());
    std::optional<CURLcode> code;
    while (!code && !aborted_) {
      int running = 0;
      const CURLMcode state = curl_.multi_perform(multi_.get(), &running);
      if (state != CURLM_OK) {
        code = CURLE_FAILED_INIT;
        break;
      }
      int left = 0;
      while (const CURLMsg* message = curl_.multi_info_read(multi_.get(), &left)) {
        if (message->msg == CURLMSG_DONE) code = message->data.result;
      }
      if (code) break;
      const Clock::time_point now = Clock::now();
      // libcurl ends the transfer by itself; this is for what it does not count.
      if (now > end + kLongestPoll) code = CURLE_OPERATION_TIMEDOUT;
      const milliseconds rest = std::chrono::ceil<milliseconds>(end - now);
      const auto pause = std::clamp(rest, milliseconds(1), kLongestPoll);
      curl_.multi_poll(multi_.get(), nullptr, 0, static_cast<int>(pause.count()), nullptr);
    }
    PushOutcome outcome = code ? judge(*code) : aborted();
    curl_.multi_remove_handle(multi_.get(), easy_.get());
    return outcome;
  }

  static PushOutcome aborted() {
    PushOutcome outcome;
    outcome.kind = Kind::kAborted;
    return outcome;
  }

  PushOutcome judge(CURLcode code) {
    if (code != CURLE_OK) return transport_failure(curl_, code);
    curl_.easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &answer_.http_status);
    curl_off_t retry_after = 0;
    curl_.easy_getinfo(easy_.get(), CURLINFO_RETRY_AFTER, &retry_after);
    if (retry_after > 0) answer_.retry_after = std::chrono::seconds(retry_after);
    return is_grpc_ ? judge_grpc(answer_) : judge_http(answer_);
  }

  static std::size_t take_body(const char* data, std::size_t, std::size_t size, void* self) {
    std::string& body = static_cast<Transfer*>(self)->answer_.body;
    if (body.size() + size > kMostBody) return 0;
    body.append(data, size);
    return size;
  }

  static std::size_t take_header_line(const char* data, std::size_t, std::size_t size, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    transfer.header_bytes_ += size;
    if (transfer.header_bytes_ > kMostHeaders) return 0;
    const std::string_view line(data, size);
    PushAnswer& answer = transfer.answer_;
    if (!take_header(line, "grpc-status", answer.grpc_status) &&
        !take_header(line, "grpc-message", answer.grpc_message)) {
      take_header(line, "grpc-status-details-bin", answer.grpc_details);
    }
    return size;
  }

  const CurlLibrary& curl_;
  OpenTelemetryConfig config_;
  bool is_grpc_;
  std::unique_ptr<CURLM, FreeMulti> multi_;
  std::unique_ptr<CURL, FreeEasy> easy_;
  std::atomic<bool> aborted_{false};
  GzipWriter gzip_;
  std::string compressed_;
  std::string body_;
  PushAnswer answer_;
  std::size_t header_bytes_ = 0;
};

PushClient::PushClient(const OpenTelemetryConfig& config)
    : shown_endpoint_(printable(without_query(config.endpoint))) {
  const Result<const CurlLibrary*> curl = CurlLibrary::open();
  if (curl) {
    transfer_ = std::make_unique<Transfer>(**curl, config);
  } else {
    no_library_ = curl.error().text;
  }
}

PushClient::~PushClient() = default;

PushOutcome PushClient::send(std::string_view request, Clock::time_point deadline) {
  if (transfer_) return transfer_->send(request, deadline);
  return {Kind::kRefused, "libcurl", "it cannot be reached without libcurl", "", no_library_};
}

void PushClient::abort() {
  if (transfer_) transfer_->abort();
}
void PushClient::allow() {
  if (transfer_) transfer_->allow();
}

}  // namespace jmxbridge
