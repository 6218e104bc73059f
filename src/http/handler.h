#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>

#include "http/access.h"
#include "http/request.h"
#include "http/responses.h"
#include "http/site.h"

namespace jmxbridge {

/// Answers one request that came in whole at `arrived`, if `access` admits it. Throws what the
/// service throws.
asio::awaitable<Answer> answer_request(Site& site, const Access& access, const HttpRequest& request,
                                       std::chrono::steady_clock::time_point arrived);

}  // namespace jmxbridge
