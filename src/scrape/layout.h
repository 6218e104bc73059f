#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exposition/page.h"
#include "scrape/plan.h"

namespace jmxbridge {

/// The third layer (design section 4): the page that belongs to the set of samples that have a
/// value now. Made anew when that set or a sample's text changes, else kept.
///
/// Not thread-safe: lives on its target's strand.
class Layout {
 public:
  /// What became of the samples when the page was made.
  struct Outcome {
    bool failed = false;       ///< a sample was dropped: a clash, a duplicate, a negative counter
    std::string first_reason;  ///< of the first that was not dropped in the scrape before
  };

  /// Brings the page up to date with the plan's numbers. `own` are the daemon's own families, with
  /// numbers below plan.numbers().own(); `own_changed` says that they are others than last time.
  Outcome update(Plan& plan, const std::vector<FamilySpec>& own, bool own_changed);

  const std::shared_ptr<const Page>& page() const { return page_; }
  /// Samples on the page, without the daemon's own.
  std::uint32_t samples() const { return samples_; }

 private:
  /// How a number takes part in the page.
  enum class Presence : std::uint8_t {
    kAbsent,
    kHidden,  ///< counts for types, names and `_objectname`, but is not shown
    kShown,
  };

  struct Gathered;
  using Families = std::map<std::string_view, Gathered>;

  static Presence presence(const Plan& plan, std::uint32_t number);
  bool is_current(const Plan& plan) const;
  void make(const Plan& plan, const std::vector<FamilySpec>& own);
  void drop_clashing_names(const std::vector<FamilySpec>& own, Families& families);
  FamilySpec finish(std::string_view name, Gathered& family, const Numbers& numbers);
  void drop(std::string reason);

  std::shared_ptr<const Page> page_;
  std::vector<Presence> presences_;
  std::vector<bool> counts_;  ///< of each number: it cannot be negative
  std::uint32_t samples_ = 0;
  bool dropped_ = false;
  std::string reason_;
};

}  // namespace jmxbridge
