#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "jrmp/info_marks.h"
#include "jrmp/known_infos.h"
#include "jrmp/lessons.h"
#include "jrmp/pipeline.h"
#include "jrmp/requests.h"
#include "scrape/source.h"

namespace jmxbridge {

/// Hands MBeanInfos to the sink of one describe.
class DescribeRun : public AnswerSink {
 public:
  DescribeRun(std::span<const ObjectName> names, DescribeSink& sink, InfoMarks& marks,
              Lessons& lessons)
      : names_(names), sink_(sink), marks_(marks), lessons_(lessons), done_(names.size()) {}

  /// `waits`: a bean that is not asked, because a call of an earlier run is still unanswered.
  void add_calls(const Requests& requests, const std::optional<ObjectName>& waits, CallList& out);
  /// Tells of every bean that has not been told of.
  void finish(std::span<const Pipeline::Stuck> stuck);
  std::uint32_t answered_beans() const { return answered_; }
  /// Something that was learned of reading a bean is forgotten, because the bean is another now.
  bool has_forgotten() const { return has_forgotten_; }

  bool answered(const Call& call, const Answer& answer) override;
  void lost(const Call& call, CallLoss why, std::string_view detail) override;
  std::size_t unchanged(const Call& call, std::span<const std::byte> bytes) override;

 private:
  void take(std::uint32_t bean, MBeanInfo info, std::span<const std::byte> bytes);
  void failed(std::uint32_t bean, BeanOutcome outcome, std::string_view detail);

  std::span<const ObjectName> names_;
  DescribeSink& sink_;
  InfoMarks& marks_;
  Lessons& lessons_;
  KnownInfos known_;
  std::vector<bool> done_;
  std::uint32_t answered_ = 0;
  bool has_forgotten_ = false;
};

}  // namespace jmxbridge
