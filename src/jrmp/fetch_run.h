#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "jrmp/fetch_plan.h"
#include "jrmp/info_marks.h"
#include "jrmp/lessons.h"
#include "jrmp/pipeline.h"
#include "scrape/source.h"

namespace jmxbridge {

/// Hands what a run brings to the sink of a fetch, and learns from what fails. Kept from one fetch
/// to the next, with its memory.
class FetchRun : public AnswerSink {
 public:
  /// `first_rest`: until an attribute that was lost is asked for again.
  FetchRun(Lessons& lessons, InfoMarks& marks, std::chrono::milliseconds first_rest)
      : lessons_(lessons), marks_(marks), first_rest_(first_rest) {}

  /// A fetch begins; the plan and the sink live until finish().
  void begin(const FetchPlan& plan, FetchSink& sink);
  /// The beans whose attributes have to be read one by one once the others are read.
  const std::vector<std::uint32_t>& single() const { return single_; }
  /// The run that does so begins, with these calls.
  void begin_single(const CallList& calls);
  /// Tells of every bean that has not been told of.
  void finish(std::span<const Pipeline::Stuck> stuck);
  /// True if the plan should be made anew.
  bool has_learned() const { return has_learned_; }
  std::uint32_t answered_beans() const { return answered_; }

  bool answered(const Call& call, const Answer& answer) override;
  void lost(const Call& call, CallLoss why, std::string_view detail) override;
  std::size_t unchanged(const Call& call, std::span<const std::byte> bytes) override;

 private:
  bool take_exception(const Call& call, StreamDecoder& decoder);
  void take_info(std::uint32_t bean, const Answer& answer);
  void take_attributes(std::uint32_t bean, StreamDecoder& decoder);
  void take_attribute(const Call& call, StreamDecoder& decoder);
  const NamedValue* find(std::span<const NamedValue> values, std::string_view name);
  void hand_over(std::uint32_t bean, std::uint32_t attribute, const NamedValue& named);
  void read_singly(std::uint32_t bean);
  void learn(const Call& call, std::optional<AttributeLoss> loss, std::string_view detail);
  void end_singly(std::uint32_t bean);
  void tell_known_losses(std::uint32_t bean);
  void count_down(std::uint32_t bean);
  void done(std::uint32_t bean, BeanOutcome outcome, std::string_view detail);

  const BeanRead& read(std::uint32_t bean) const { return (*plan_->reads())[bean]; }

  /// How far a bean is.
  struct State {
    enum class Phase : std::uint8_t { kTogether, kAwaitsSingle, kSingle, kDone };
    Phase phase = Phase::kTogether;
    bool is_taught = false;   ///< something was learned in this fetch
    std::uint32_t calls = 0;  ///< whose answers are to come
  };
  using Phase = State::Phase;

  /// True if the bean's answers are of interest now.
  bool is_open(std::uint32_t bean) const {
    return states_[bean].phase == Phase::kTogether || states_[bean].phase == Phase::kSingle;
  }

  Lessons& lessons_;
  InfoMarks& marks_;
  const std::chrono::milliseconds first_rest_;
  const FetchPlan* plan_ = nullptr;
  FetchSink* sink_ = nullptr;
  std::vector<State> states_;
  std::vector<std::uint32_t> single_;
  std::vector<std::uint32_t> by_name_;  ///< positions in an answer, sorted by name
  bool is_sorted_ = false;
  bool has_learned_ = false;
  std::uint32_t answered_ = 0;
};

}  // namespace jmxbridge
