#include "commands/diff.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "base/text_file.h"
#include "commands/fetch_page.h"
#include "commands/page_diff.h"
#include "exposition/sample_text.h"

namespace jmxbridge {
namespace {

/// As long as a scrape takes at most where nothing says otherwise.
constexpr std::chrono::seconds kTimeOut{60};

Result<std::string> text_of(const std::string& place) {
  if (is_web_address(place)) return fetch_page(place, kTimeOut);
  Result<std::string> text = read_text_file(place, kLargestSampleText, FileKind::kRegularOrPipe);
  if (text) return text;
  // An address without its scheme is taken for a file.
  const bool may_be_address = place.find(':') != std::string::npos;
  return fail(fmt::format("{}: {}{}", printable(place), text.error().text,
                          may_be_address ? "; a URL starts with http:// or https://" : ""));
}

/// What a file is that is no page as text, and what to do then; empty if that does not show.
std::string_view advice_on_kind(std::string_view text) {
  if (text.starts_with("\x1f\x8b")) return "this is compressed; unpack it with gunzip";
  if (text.starts_with('<')) return "this is a page for people; take the exporter's /metrics";
  constexpr std::string_view kBinary("\0\x01\x02\x03", 4);
  if (text.find_first_of(kBinary) != std::string_view::npos) {
    return "this is no text, but protobuf perhaps; save the page with curl, without an Accept "
           "header";
  }
  return {};
}

std::optional<SampleText> page_of(char letter, const std::string& place,
                                  const Result<std::string>& text) {
  if (!text) {
    fmt::print(stderr, "jmxbridge: {}\n", text.error().text);
    return std::nullopt;
  }
  Result<SampleText, SampleTextError> page = parse_exposition(*text);
  if (page && !page->samples.empty()) return std::move(*page);
  // A URL's query may be a secret, as its user's password may.
  const std::string name = is_web_address(place) ? std::string("page ") + letter : printable(place);
  if (page) {
    fmt::print(stderr, "jmxbridge: {}: there is no sample in it; save the exporter's /metrics\n",
               name);
  } else if (const std::string_view advice = advice_on_kind(*text); !advice.empty()) {
    fmt::print(stderr, "jmxbridge: {}: {}\n", name, advice);
  } else {
    fmt::print(stderr, "jmxbridge: {}:{}:{}: {}\n", name, page.error().line, page.error().column,
               page.error().text);
  }
  return std::nullopt;
}

}  // namespace

int diff_pages(const CommandLine& line) {
  set_up_log(line.log_level, line.log_format);
  const std::string& first = line.files[0];
  const std::string& second = line.files[1];
  // At the same time, so that as little as may be moves between the two.
  std::future<Result<std::string>> other =
      std::async(std::launch::async, [&second] { return text_of(second); });
  const Result<std::string> text = text_of(first);
  const std::optional<SampleText> a = page_of('A', first, text);
  const std::optional<SampleText> b = page_of('B', second, other.get());
  if (!a || !b) return kExitError;
  const PageDiff diff = compare_pages(*a, *b, line.diff);
  std::fputs(diff.text.c_str(), stdout);
  if (diff.is_empty) {
    // Both are as they are while their target is down, and that proves nothing.
    fmt::print(
        stderr,
        "jmxbridge: neither page has a series of a target, so nothing was compared; see that "
        "the target is up, or compare the exporters themselves with --own\n");
    return kExitError;
  }
  return diff.differences == 0 ? kExitFine : kExitFindings;
}

}  // namespace jmxbridge
