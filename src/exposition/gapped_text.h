#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jmxbridge {

/// Text with gaps that numbers go into: what a page, and each part of one, is made of.
class GappedText {
 public:
  struct Gap {
    std::uint32_t text_size;     ///< how much text stands before it, from the gap before on
    std::uint32_t slot : 31;     ///< the number that goes into it
    std::uint32_t is_count : 1;  ///< the number is a whole one, such as a summary's count
  };

  GappedText& operator+=(std::string_view text) {
    text_ += text;
    return *this;
  }
  /// What is appended to the string is appended to this.
  std::string& text() { return text_; }
  const std::string& text() const { return text_; }
  const std::vector<Gap>& gaps() const { return gaps_; }

  void add_number(std::uint32_t slot) { add_gap(slot, false); }
  void add_count(std::uint32_t slot) { add_gap(slot, true); }
  void append(const GappedText& part);

  /// Room for this many gaps.
  void reserve(std::size_t gaps) { gaps_.reserve(gaps); }
  void clear();
  void shrink_to_fit();

  /// The size in bytes once each gap has taken the room that is given.
  std::size_t size(std::size_t number_room, std::size_t count_room) const {
    return text_.size() + (gaps_.size() - counts_) * number_room + counts_ * count_room;
  }

 private:
  void add_gap(std::uint32_t slot, bool is_count);

  std::string text_;
  std::vector<Gap> gaps_;
  std::size_t told_ = 0;    ///< the text before the last gap
  std::size_t counts_ = 0;  ///< how many gaps are for whole numbers
};

}  // namespace jmxbridge
