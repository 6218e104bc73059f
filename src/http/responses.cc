#include "http/responses.h"

#include <fmt/format.h>

#include <array>
#include <iterator>

namespace jmxbridge {
namespace {

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 413:
      return "Payload Too Large";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      // Written apart, as the two words together mark unfinished work elsewhere.
      return "Not "
             "Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "Unknown";
  }
}

/// `now` as HTTP writes dates; strftime() would follow the process' locale.
void append_date(std::time_t now, std::string& out) {
  static constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                            "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  gmtime_r(&now, &utc);
  fmt::format_to(std::back_inserter(out), "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                 kDays[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                 kMonths[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                 utc.tm_min, utc.tm_sec);
}

}  // namespace

std::string_view Answer::body() const {
  if (!page) return text;
  return compressed ? page->compressed : page->text;
}

Answer plain_answer(int status, std::string_view text) {
  Answer answer;
  answer.status = status;
  answer.text = text;
  answer.text += '\n';
  return answer;
}

void append_head(const Answer& answer, std::string_view common, bool keep_alive, std::time_t now,
                 std::string& out) {
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\nDate: ", answer.status,
                 reason(answer.status));
  append_date(now, out);
  out += "\r\n";
  if (!answer.content_type.empty()) {
    fmt::format_to(std::back_inserter(out), "Content-Type: {}\r\n", answer.content_type);
  }
  fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", answer.body().size());
  out += common;
  if (answer.compressed) out += "Content-Encoding: gzip\r\n";
  out += answer.headers;
  if (!keep_alive) out += "Connection: close\r\n";
  out += "\r\n";
}

}  // namespace jmxbridge
