#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "exposition/family.h"
#include "exposition/format.h"
#include "exposition/page_script.h"

namespace jmxbridge {

/// The families of one page, sorted, with a ready-made script for each format that was asked for.
/// Immutable but for the scripts, which are made once, on first use; safe to share between threads.
class Page {
 public:
  /// Sorts families, samples and labels (specification 8.4). Names are unique, label sets too.
  explicit Page(std::vector<FamilySpec> families);

  const std::vector<FamilySpec>& families() const { return families_; }

  /// Appends the page to `out`; `values` are indexed by the samples' slots. Allocates nothing once
  /// the format's script is there and `out` has room. What is rarely asked for, protobuf as text
  /// and other names than usual, keeps no script, so that no client can make the daemon hold many.
  void render(Format format, std::span<const double> values, std::string& out,
              Escaping escaping = Escaping::kUnderscores) const;

 private:
  const PageScript& script(Format format) const;

  std::vector<FamilySpec> families_;
  mutable std::array<std::once_flag, kFormatCount> made_;
  mutable std::array<std::unique_ptr<const PageScript>, kFormatCount> scripts_;
};

}  // namespace jmxbridge
