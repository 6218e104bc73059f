#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "exposition/page.h"

namespace jmxbridge {

/// The families of `page` that `names` select: those whose base name is the beginning of a
/// requested text, not the other way round (specification 10.5.1). An empty text selects nothing.
std::shared_ptr<const Page> filter_page(const Page& page, std::vector<std::string> names);

/// Keeps the last few filtered pages: a page stays the same from scrape to scrape, and so do the
/// names that a scraper asks for. Thread-safe.
class FilteredPages {
 public:
  std::shared_ptr<const Page> get(const std::shared_ptr<const Page>& page,
                                  std::vector<std::string> names);

 private:
  struct Entry {
    std::weak_ptr<const Page> page;
    std::vector<std::string> names;
    std::shared_ptr<const Page> filtered;
  };

  std::mutex mutex_;
  std::list<Entry> entries_;  ///< the one used last is first
};

}  // namespace jmxbridge
