#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>

#include "http/request.h"
#include "http/responses.h"
#include "http/site.h"

namespace jmxbridge {

/// Answers one request that came in whole at `arrived`. Throws what the service throws.
asio::awaitable<Answer> answer_request(Site& site, const HttpRequest& request,
                                       std::chrono::steady_clock::time_point arrived);

}  // namespace jmxbridge
