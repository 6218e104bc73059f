#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "exposition/format.h"
#include "http/name_filter.h"
#include "http/page_buffers.h"
#include "http/request.h"
#include "http/responses.h"
#include "scrape/target.h"

namespace jmxbridge {

/// What a metrics request asks for, beside the scrape itself.
struct PageWish {
  Format format = Format::kText;
  Escaping escaping = Escaping::kUnderscores;
  bool gzip = false;
  bool debug = false;              ///< shown as plain text, never compressed
  bool filtered = false;           ///< some `name[]` was given, even an empty one
  std::vector<std::string> names;  ///< the texts of `name[]`
};

/// Reads Accept, Accept-Encoding and the parameters `name[]` and `debug` (specification 10.3 to
/// 10.5). Other parameters have no effect. Fails on another value of `debug` (answered 500).
Result<PageWish> read_page_wish(const HttpRequest& request, const Location& location);

/// The page of a finished scrape as it was wished for.
Answer metrics_answer(const ScrapeResult& result, const PageWish& wish, FilteredPages& filtered,
                      PageBufferPool& buffers);

}  // namespace jmxbridge
