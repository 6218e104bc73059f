#include "http/metrics_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/log.h"

namespace jmxbridge {

Result<PageWish> read_page_wish(const HttpRequest& request, const Location& location) {
  PageWish wish;
  wish.format = negotiate_format(request.accept);
  wish.escaping = negotiate_escaping(request.accept);
  wish.gzip = accepts_gzip(request.accept_encoding);
  for (const Location::Parameter& parameter : location.query) {
    if (parameter.name != "name[]") continue;
    wish.filtered = true;
    wish.names.push_back(parameter.value);
  }
  const auto debug =
      std::find_if(location.query.begin(), location.query.end(),
                   [](const Location::Parameter& parameter) { return parameter.name == "debug"; });
  if (debug == location.query.end()) return wish;
  if (debug->value == "text") {
    wish.format = Format::kText;
  } else if (debug->value == "openmetrics") {
    wish.format = Format::kOpenMetrics;
  } else if (debug->value == "prometheus-protobuf") {
    wish.format = Format::kProtobufText;
  } else {
    return fail(fmt::format(
        "debug={} is not known; write debug=text, debug=openmetrics or debug=prometheus-protobuf.",
        printable(debug->value, 80)));
  }
  wish.debug = true;
  wish.gzip = false;
  return wish;
}

Answer metrics_answer(const ScrapeResult& result, const PageWish& wish, FilteredPages& filtered,
                      PageBufferPool& buffers) {
  const std::shared_ptr<const Page> page =
      wish.filtered ? filtered.get(result.page, wish.names) : result.page;
  Answer answer;
  answer.content_type = wish.debug ? kPlainText : content_type(wish.format);
  answer.page = buffers.take();
  page->render(wish.format, result.values, answer.page->text, wish.escaping);
  if (wish.gzip) {
    answer.page->gzip.compress(answer.page->text, answer.page->compressed);
    answer.compressed = true;
  }
  return answer;
}

}  // namespace jmxbridge
