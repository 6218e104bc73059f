#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <vector>

#include "base/result.h"
#include "jmx/object_name.h"
#include "jrmp/answer_mark.h"
#include "jrmp/call_list.h"
#include "jrmp/pipeline.h"
#include "jrmp/requests.h"
#include "scrape/source.h"

namespace jmxbridge {

/// Asks for the names that a pattern takes in. Where that is done in every scrape, an answer that
/// has not changed is not decoded again.
class NamesQuery {
 public:
  using Names = std::vector<ObjectName>;

  NamesQuery(const Requests& requests, Pipeline& pipeline)
      : requests_(requests), pipeline_(pipeline) {}

  /// `keep`: it will be asked for again.
  asio::awaitable<Result<Names>> ask(const ObjectName& pattern, bool keep, Deadline deadline);

 private:
  struct Kept {
    AnswerMark mark;
    Names names;
  };
  class NamesCall;

  const Requests& requests_;
  Pipeline& pipeline_;
  CallList calls_;                   ///< of the call under way
  std::map<ObjectName, Kept> kept_;  ///< by pattern
};

}  // namespace jmxbridge
