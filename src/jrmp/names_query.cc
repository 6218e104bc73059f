#include "jrmp/names_query.h"

#include "jrmp/single_call.h"

namespace jmxbridge {
namespace {

/// A configuration has few patterns; those of an earlier one go.
constexpr std::size_t kMostKept = 64;

}  // namespace

/// `kept`: where an answer is kept that may come again, or null.
class NamesQuery::NamesCall : public SingleCall<Names> {
 public:
  NamesCall(CallList& calls, Kept* kept)
      : SingleCall(calls, [](StreamDecoder& decoder) { return decoder.object_names(); }),
        kept_(kept) {}

  std::size_t unchanged(const Call&, std::span<const std::byte> bytes) override {
    const std::size_t size = kept_ == nullptr ? 0 : kept_->mark.at_front_of(bytes);
    if (size > 0) result().emplace(kept_->names);
    return size;
  }
  bool answered(const Call& call, const Answer& answer) override {
    const bool goes_on = SingleCall::answered(call, answer);
    if (kept_ != nullptr && result() && *result()) {
      *kept_ = {AnswerMark(answer.value), **result()};
    }
    return goes_on;
  }

 private:
  Kept* const kept_;
};

asio::awaitable<Result<NamesQuery::Names>> NamesQuery::ask(const ObjectName& pattern, bool keep,
                                                           Deadline deadline) {
  if (!keep || kept_.size() >= kMostKept) kept_.clear();
  NamesCall call(calls_, keep ? &kept_[pattern] : nullptr);
  requests_.query_names(pattern, call.out());
  co_return co_await call.run(pipeline_, deadline);
}

}  // namespace jmxbridge
