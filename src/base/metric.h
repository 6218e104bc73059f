#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace jmxbridge {

/// What a metric family is; `kUnknown` is text 0.0.4's "untyped".
enum class FamilyType : std::uint8_t { kUnknown, kCounter, kGauge, kInfo, kStateSet, kSummary };

/// What a sample is within its family; all but those of summaries are kPlain.
enum class SamplePart : std::uint8_t { kPlain, kSum, kCount };

/// True for the types that no rule of the JMX exporter can give: they have samples of a form of
/// their own, and do not mix with others in one family.
constexpr bool has_own_form(FamilyType type) {
  return type == FamilyType::kInfo || type == FamilyType::kStateSet || type == FamilyType::kSummary;
}

/// The type as rules write it.
constexpr std::string_view type_name(FamilyType type) {
  switch (type) {
    case FamilyType::kUnknown:
      break;
    case FamilyType::kCounter:
      return "COUNTER";
    case FamilyType::kGauge:
      return "GAUGE";
    case FamilyType::kInfo:
      return "INFO";
    case FamilyType::kStateSet:
      return "STATESET";
    case FamilyType::kSummary:
      return "SUMMARY";
  }
  return "UNKNOWN";
}

/// One label of a sample. Names are legal or are written quoted; values are any text.
struct Label {
  std::string name;
  std::string value;

  friend bool operator==(const Label&, const Label&) = default;
};

/// The labels of a sample. Copies share them, as the samples of one MBean often can. Immutable.
class LabelSet {
 public:
  LabelSet() = default;
  LabelSet(std::vector<Label> labels) {  // NOLINT(google-explicit-constructor)
    if (labels.empty()) return;
    labels.shrink_to_fit();
    labels_ = std::make_shared<const std::vector<Label>>(std::move(labels));
  }
  LabelSet(std::initializer_list<Label> labels) : LabelSet(std::vector<Label>(labels)) {}

  std::size_t size() const { return labels_ ? labels_->size() : 0; }
  bool empty() const { return size() == 0; }
  const Label* begin() const { return labels_ ? labels_->data() : nullptr; }
  const Label* end() const { return begin() + size(); }
  const Label& operator[](std::size_t index) const { return (*labels_)[index]; }

  friend bool operator==(const LabelSet& a, const LabelSet& b) {
    return a.labels_ == b.labels_ || (a.labels_ && b.labels_ && *a.labels_ == *b.labels_);
  }
  bool operator==(const std::vector<Label>& labels) const {
    return labels_ ? *labels_ == labels : labels.empty();
  }

 private:
  std::shared_ptr<const std::vector<Label>> labels_;  ///< null: none
};

}  // namespace jmxbridge
