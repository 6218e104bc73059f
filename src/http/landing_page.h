#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/router.h"
#include "scrape/target.h"

namespace jmxbridge {

/// Text as HTML shows it, fit for elements and quoted attributes. Control characters and bytes that
/// are no UTF-8 are shown escaped, and what passes 1,024 bytes is cut.
std::string html_text(std::string_view text);

/// The page at `/`: where the metrics are, how the target stands, and what can be asked for.
std::string landing_page(const TargetStatus& status, const std::vector<Route>& routes);

/// The value of the Content-Security-Policy header that goes with it: its one style sheet, nothing
/// else, no script.
std::string_view landing_page_policy();

}  // namespace jmxbridge
