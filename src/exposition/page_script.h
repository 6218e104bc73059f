#pragma once

#include <span>
#include <string>

#include "exposition/family.h"
#include "exposition/format.h"
#include "exposition/gapped_text.h"

namespace jmxbridge {

/// A page as ready-made text with gaps for numbers: rendering copies text and writes numbers.
class PageScript {
 public:
  /// The families must be sorted, as Page keeps them.
  PageScript(std::span<const FamilySpec> families, Format format, Escaping escaping);

  /// Appends the page to `out`; `values` has every slot of the families.
  void render(std::span<const double> values, std::string& out) const;

 private:
  Format format_;
  GappedText text_;
};

}  // namespace jmxbridge
