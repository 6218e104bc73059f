#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "exposition/sample_text.h"

namespace jmxbridge {

/// How far two numbers may be from each other to be the same.
struct Tolerance {
  double absolute = 0;
  double relative = 0;  ///< a part of the larger one
};

/// What is compared of two pages, and how much of it is said.
struct DiffOptions {
  /// Series whose numbers differ are differences. Else they are counted alone: most move from one
  /// scrape to the next.
  bool values = false;
  Tolerance tolerance;
  /// Families in which an exporter speaks of itself are compared too.
  bool own = false;
  std::size_t limit = 20;  ///< lines of each kind; 0: all
};

/// What two pages differ in, for people: a line each, sorted, with what to do; then a summary.
struct PageDiff {
  std::string text;
  std::size_t differences = 0;
  bool is_empty = false;  ///< neither page has a series that is compared
};

/// Compares page B, which is to take A's place, with A: series by name and labels, the families'
/// types, and numbers as the options say.
PageDiff compare_pages(const SampleText& a, const SampleText& b, const DiffOptions& options);

/// True for a family in which an exporter, this one or the JMX exporter, speaks of itself.
bool is_own_family(std::string_view family);

}  // namespace jmxbridge
