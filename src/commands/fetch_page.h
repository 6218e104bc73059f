#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace jmxbridge {

/// True if what the user names is to be fetched, and no file.
bool is_web_address(std::string_view text);

/// Scrapes a URL once: format 0.0.4, at most 64 MiB, and not compressed, since where a compressed
/// page breaks off its length does not tell. No proxy and no redirect is followed; a password comes
/// from ~/.netrc. The error is a sentence without secrets.
Result<std::string> fetch_page(const std::string& url, std::chrono::seconds time_out);

}  // namespace jmxbridge
