#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "http/page_buffers.h"
#include "http/request_bound.h"

namespace jmxbridge {

/// The Content-Type of everything that is plain text but no metrics page.
inline constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
inline constexpr std::string_view kHtml = "text/html; charset=utf-8";

/// The header lines of every answer, unless others are configured (10.6).
inline constexpr std::string_view kSecurityHeaders =
    "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n";

/// A whole answer, ready before its first byte is sent, so that a failure can still become a
/// status (specification quirk Q24).
struct Answer {
  int status = 200;
  std::string_view content_type = kPlainText;  ///< static text; empty: there is no body
  std::string headers;                         ///< further header lines, each with its CRLF
  std::string text;                            ///< the body, unless it is in `page`
  PageBufferPool::Lease page;
  bool compressed = false;  ///< the body is the page's compressed text
  /// The request is in work until the answer is written.
  std::optional<RequestBound::Place> place;

  std::string_view body() const;
};

/// A short plain-text answer; `text` is one sentence, its line end is added.
Answer plain_answer(int status, std::string_view text);

/// Appends the status line and all headers, with the empty line that ends them; `common` are the
/// lines that every answer has.
void append_head(const Answer& answer, std::string_view common, bool keep_alive, std::time_t now,
                 std::string& out);

}  // namespace jmxbridge
