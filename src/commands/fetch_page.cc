#include "commands/fetch_page.h"

#include <fmt/format.h>

#include <cstddef>
#include <memory>
#include <new>

#include "base/log.h"
#include "exposition/sample_text.h"
#include "otlp/curl_library.h"

namespace jmxbridge {
namespace {

struct FreeEasy {
  const CurlLibrary& curl;
  void operator()(CURL* easy) const { curl.easy_cleanup(easy); }
};
struct FreeList {
  const CurlLibrary& curl;
  void operator()(curl_slist* list) const { curl.slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, FreeList>;

void add(Headers& headers, const std::string& line) {
  curl_slist* longer = headers.get_deleter().curl.slist_append(headers.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  (void)headers.release();
  headers.reset(longer);
}

std::size_t take_body(const char* data, std::size_t, std::size_t size, void* to) {
  std::string& body = *static_cast<std::string*>(to);
  // One byte more than is read: whether it is too long is for who parses it.
  if (body.size() > kLargestSampleText) return 0;
  body.append(data, size);
  return size;
}

/// A URL may hold a user's name and password, and a query more of the kind.
std::string without_secrets(std::string_view url) {
  url = url.substr(0, url.find('?'));
  const std::size_t host = url.find("://") + 3;
  const std::size_t end = std::min(url.find('/', host), url.size());
  const std::size_t at = url.substr(0, end).rfind('@');
  if (at == std::string_view::npos || at < host) return printable(url);
  return printable(std::string(url.substr(0, host)) + std::string(url.substr(at + 1)));
}

std::string advice(const CurlLibrary& curl, CURLcode code, std::chrono::seconds time_out) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "its host has no address; check the URL";
    case CURLE_COULDNT_CONNECT:
      return "nothing listens there; check host and port, and that the exporter runs";
    case CURLE_OPERATION_TIMEDOUT:
      return fmt::format("there is no whole answer after {} s; try again, or save the page first",
                         time_out.count());
    case CURLE_PEER_FAILED_VERIFICATION:
      return "its certificate is not trusted here, or not for this host; save the page with curl "
             "and compare the file";
    case CURLE_WRITE_ERROR:
      return "the page is longer than 64 MiB; narrow it with name[]";
    default:
      return fmt::format("{}; check the URL", curl.easy_strerror(code));
  }
}

std::string status_advice(long status) {
  if (status == 401 || status == 403) {
    return "it wants a password; put one into ~/.netrc, or save the page with curl and compare the "
           "file";
  }
  if (status >= 300 && status < 400) return "it leads elsewhere; name that URL";
  if (status == 404) return "there is no such page; is the path /metrics missing?";
  return "look at the exporter's log";
}

}  // namespace

bool is_web_address(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

Result<std::string> fetch_page(const std::string& url, std::chrono::seconds time_out) {
  const Result<const CurlLibrary*> opened = CurlLibrary::open();
  if (!opened) return fail(opened.error().text);
  const CurlLibrary& curl = **opened;
  const std::unique_ptr<CURL, FreeEasy> easy(curl.easy_init(), FreeEasy{curl});
  if (!easy) throw std::bad_alloc();
  const auto set = [&](CURLoption option, auto value) {
    if (curl.easy_setopt(easy.get(), option, value) == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  };
  Headers headers(nullptr, FreeList{curl});
  add(headers, "Accept: text/plain;version=0.0.4");
  add(headers, fmt::format("X-Prometheus-Scrape-Timeout-Seconds: {}", time_out.count()));
  std::string body;
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTPHEADER, headers.get());
  set(CURLOPT_USERAGENT, "jmxbridge/" JMXBRIDGE_VERSION);
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_OPTIONAL));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TIMEOUT, static_cast<long>(time_out.count()));
  set(CURLOPT_WRITEFUNCTION, &take_body);
  set(CURLOPT_WRITEDATA, &body);
  const CURLcode code = curl.easy_perform(easy.get());
  if (code != CURLE_OK)
    return fail(fmt::format("{}: {}", without_secrets(url), advice(curl, code, time_out)));
  long status = 0;
  curl.easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  constexpr long kOk = 200;
  if (status == kOk) return body;
  return fail(
      fmt::format("{}: it answers {}: {}", without_secrets(url), status, status_advice(status)));
}

}  // namespace jmxbridge
