#pragma once

#include <yaml-cpp/eventhandler.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "config/report.h"
#include "config/yaml_mask.h"
#include "config/yaml_node.h"

namespace jmxbridge {

/// Builds nodes from yaml-cpp's events of a mask and from what the mask hides. After the first
/// fault the other events are ignored.
class YamlComposer final : public YAML::EventHandler {
 public:
  YamlComposer(const ScannedYaml& scanned, YamlDocument& document, Report& report,
               Severity duplicates)
      : scanned_(scanned), document_(document), report_(report), duplicates_(duplicates) {}

  const std::optional<YamlFault>& fault() const { return fault_; }
  /// Called after the last event: all that the mask hides must have found its node, or the two
  /// readings of the text differ and none of it can be relied on.
  void finish();

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override;
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override;

 private:
  // A scalar that merges is known by its tag only while its mapping is open.
  struct Child {
    const YamlNode* node;
    bool merges;
  };
  struct Open {
    YamlNode* node;
    std::string tag;
    std::string anchor;
    std::vector<Child> children;
  };

  Mark place(const YAML::Mark& mark) const;
  Mark place_of_nothing(const YAML::Mark& mark) const;
  void fail(Mark mark, std::string text);
  bool failed() const { return fault_.has_value(); }
  std::string take_tag(const std::string& event_tag);
  std::string take_anchor(YAML::anchor_t anchor);
  bool depth_is_fine(Mark mark);
  YamlNode& add(Mark mark);
  void name(const std::string& anchor, const YamlNode* node);
  void place_in_parent(const YamlNode* node, bool merges);
  void add_scalar(const YAML::Mark& mark, const std::string& event_tag, YAML::anchor_t anchor,
                  bool empty);
  void open(const YAML::Mark& mark, const std::string& event_tag, YAML::anchor_t anchor,
            YamlType type);
  void close();
  void close_sequence(const Open& open);
  void close_ordered_map(const Open& open);
  void close_pairs(const Open& open);
  void close_mapping(const Open& open);
  void report_repeated(const YamlNode& key, int first_line);
  void merge_all(const Open& open, std::unordered_set<std::string>& taken);
  bool count_merged(const Child& key);
  bool merge(const Child& key, const YamlNode* source, YamlNode& into,
             std::unordered_set<std::string>& taken);

  const ScannedYaml& scanned_;
  YamlDocument& document_;
  Report& report_;
  Severity duplicates_;
  std::optional<YamlFault> fault_;
  std::vector<Open> open_;
  std::size_t documents_ = 0;
  std::size_t next_scalar_ = 0;
  std::size_t next_tag_ = 0;
  std::size_t next_alias_ = 0;
  std::size_t collection_aliases_ = 0;
  std::size_t merged_entries_ = 0;
  std::size_t repeated_text_ = 0;
  /// The node of each anchor; null while that node is still open.
  std::map<std::string, const YamlNode*, std::less<>> anchors_;
};

}  // namespace jmxbridge
