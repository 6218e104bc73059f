#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "exposition/family.h"
#include "exposition/format.h"

namespace jmxbridge {

/// A page as ready-made text with gaps for numbers: rendering copies text and writes numbers.
class PageScript {
 public:
  /// The families must be sorted, as Page keeps them.
  PageScript(std::span<const FamilySpec> families, Format format);

  /// Appends the page to `out`; `values` has every slot of the families.
  void render(std::span<const double> values, std::string& out) const;

 private:
  struct Step {
    std::uint32_t text_size;  ///< how much of text_ comes next
    std::uint32_t slot;       ///< the number that follows it
  };

  std::string text_;
  std::vector<Step> steps_;
};

}  // namespace jmxbridge
