#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "jrmp/call_failure.h"
#include "jrmp/pipeline.h"

namespace jmxbridge {

/// Makes one call and turns its answer into a T, by a function of the decoder. An exception becomes
/// an error of kind kFailed, or kMalformed where it is the answer that cannot be read.
template <class T>
class SingleCall : public AnswerSink {
 public:
  using Read = std::function<Result<T>(StreamDecoder&)>;

  /// `calls` is where the call is put; its memory can serve many.
  SingleCall(CallList& calls, Read read) : read_(std::move(read)), calls_(calls) { calls_.clear(); }

  /// Where the request goes, before run().
  Bytes& out() { return calls_.out(); }

  asio::awaitable<Result<T>> run(Pipeline& pipeline, Waiter::Clock::time_point deadline) {
    calls_.add(CallKind::kOther, 0);
    Result<void> ended = co_await pipeline.run(calls_, *this, deadline);
    if (!ended) co_return fail(std::move(ended.error()));
    co_return *result_;
  }

  /// True if the target has answered, be it with an exception, so that an error of run() says
  /// something of this call and nothing of the connection.
  bool was_answered() const { return result_.has_value(); }

  bool answered(const Call&, const Answer& answer) override {
    if (!answer.threw) {
      result_.emplace(read_(answer.decoder));
      return true;
    }
    const Thrown thrown = answer.decoder.thrown();
    if (judge(thrown) == CallFailure::kSessionLost) return false;
    result_.emplace(fail("the target answered with " + printable(thrown.brief)));
    return true;
  }
  void lost(const Call&, CallLoss, std::string_view detail) override {
    result_.emplace(fail(ErrorKind::kMalformed, std::string(detail)));
  }

 protected:
  /// Nothing before the answer.
  std::optional<Result<T>>& result() { return result_; }

 private:
  Read read_;
  CallList& calls_;
  std::optional<Result<T>> result_;
};

}  // namespace jmxbridge
