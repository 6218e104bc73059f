#include "config/yaml_composer.h"

#include <fmt/format.h>
#include <yaml-cpp/mark.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/log.h"
#include "config/yaml_scalar.h"

namespace jmxbridge {
namespace {

constexpr std::size_t kDeepestNesting = 50;
constexpr std::size_t kMostCollectionAliases = 50;
// Merging copies entries; 50 aliases of a large map would otherwise make millions.
constexpr std::size_t kMostMergedEntries = 100'000;
// What a text names is kept once for each place; as much as a file without aliases can hold.
constexpr std::size_t kMostRepeatedText = 3 * 1024 * 1024;

// The tag that YamlMaskWriter writes, as yaml-cpp resolves it.
constexpr std::string_view kMaskTag = "!t";
// SnakeYAML takes the non-specific tag for none at all.
constexpr std::string_view kNonSpecific = "!";

// Equal for keys that Java's maps take for the same.
std::string identity(const YamlNode& key) {
  return fmt::format("{}:{}", static_cast<int>(key.type), java_text(key));
}

std::string_view short_tag(std::string_view tag) {
  return tag.substr(0, kYamlTags.size()) == kYamlTags ? tag.substr(kYamlTags.size())
                                                      : std::string_view();
}

}  // namespace

Mark YamlComposer::place(const YAML::Mark& mark) const {
  return scanned_.mark_at(static_cast<std::size_t>(mark.pos < 0 ? 0 : mark.pos));
}

// yaml-cpp marks an empty node at the token that follows it, which may stand lines below; users
// look for it where the value is missing, after the last thing before it.
Mark YamlComposer::place_of_nothing(const YAML::Mark& mark) const {
  std::size_t at =
      std::min(static_cast<std::size_t>(mark.pos < 0 ? 0 : mark.pos), scanned_.mask.size());
  while (at > 0) {
    --at;
    if (scanned_.mask[at] != ' ' && scanned_.mask[at] != '\n') return scanned_.mark_at(at);
  }
  return {1, 1};
}

void YamlComposer::fail(Mark mark, std::string text) {
  if (!fault_) fault_ = YamlFault{mark, std::move(text)};
}

// The tag of the node whose event this is; empty without one.
std::string YamlComposer::take_tag(const std::string& event_tag) {
  if (event_tag != kMaskTag || next_tag_ >= scanned_.tags.size()) return {};
  return scanned_.tags[next_tag_++];
}

std::string YamlComposer::take_anchor(YAML::anchor_t anchor) {
  if (anchor == 0 || anchor > scanned_.anchors.size()) return {};
  return scanned_.anchors[anchor - 1];
}

bool YamlComposer::depth_is_fine(Mark mark) {
  if (open_.size() <= kDeepestNesting) return true;
  fail(mark, "this is nested deeper than 50 levels; make it flatter");
  return false;
}

YamlNode& YamlComposer::add(Mark mark) {
  YamlNode& node = document_.nodes.emplace_back();
  node.mark = mark;
  return node;
}

void YamlComposer::name(const std::string& anchor, const YamlNode* node) {
  if (!anchor.empty()) anchors_[anchor] = node;
}

void YamlComposer::place_in_parent(const YamlNode* node, bool merges) {
  if (!open_.empty()) {
    open_.back().children.push_back({node, merges});
    return;
  }
  if (merges) return fail(node->mark, "'<<' can only be a key; put it in quotes");
  document_.root = node;
}

void YamlComposer::OnDocumentStart(const YAML::Mark& mark) {
  if (++documents_ > 1) {
    fail(place(mark),
         "this belongs to nothing that stands before it; check the indentation and "
         "the quotes above");
  }
}

void YamlComposer::finish() {
  if (next_scalar_ == scanned_.scalars.size() && next_tag_ == scanned_.tags.size() &&
      next_alias_ == scanned_.aliases.size() && open_.empty()) {
    return;
  }
  fail(document_.root == nullptr ? Mark{1, 1} : document_.root->mark,
       "the structure of this document is not understood; check its indentation and quotes");
}

void YamlComposer::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  // Of a document that is a tag and nothing else yaml-cpp tells the tag no more.
  const bool tagged = open_.empty() && next_tag_ < scanned_.tags.size();
  add_scalar(mark, tagged ? std::string(kMaskTag) : "?", anchor, /*empty=*/true);
}

void YamlComposer::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                            const std::string& value) {
  add_scalar(mark, tag, anchor, value.empty());
}

void YamlComposer::add_scalar(const YAML::Mark& mark, const std::string& event_tag,
                              YAML::anchor_t anchor, bool empty) {
  if (failed()) return;
  static const YamlScalar kEmpty{"", true};
  const YamlScalar* scalar = &kEmpty;
  if (!empty) {
    if (next_scalar_ >= scanned_.scalars.size()) {
      return fail(place(mark), "this text is not understood; put it in quotes");
    }
    scalar = &scanned_.scalars[next_scalar_++];
  }
  const std::string tag = take_tag(event_tag);
  const std::string anchor_name = take_anchor(anchor);

  YamlNode& node = add(empty ? place_of_nothing(mark) : place(mark));
  node.anchored = !anchor_name.empty();
  if (!depth_is_fine(node.mark)) return;
  std::string_view kind;
  if (tag.empty() || tag == kNonSpecific) {
    node.plain = scalar->plain && tag.empty();
    kind = scalar->plain || !tag.empty() ? implicit_tag(scalar->text) : "str";
  } else {
    kind = short_tag(tag);
    if (kind == "value") kind = "str";
  }
  bool merges = false;
  if (kind.empty()) {
    return fail(node.mark,
                "this tag is not allowed in a configuration; remove it, or put the text in quotes");
  }
  if (kind == "merge") {
    merges = true;
    kind = "str";
  }
  if (std::string fault = build_scalar(kind, scalar->text, node); !fault.empty()) {
    return fail(node.mark, std::move(fault));
  }
  if (node.type != YamlType::kString) node.source = scalar->text;
  name(anchor_name, &node);
  place_in_parent(&node, merges);
}

void YamlComposer::OnAlias(const YAML::Mark& mark, YAML::anchor_t) {
  if (failed() || next_alias_ >= scanned_.aliases.size()) return;
  const std::string& name = scanned_.aliases[next_alias_++];
  const auto found = anchors_.find(name);
  if (found == anchors_.end() || found->second == nullptr) {
    return fail(place(mark), fmt::format("'*{}' stands inside what it names; an alias cannot "
                                         "contain itself",
                                         name));
  }
  if (!found->second->is_scalar() && ++collection_aliases_ > kMostCollectionAliases) {
    return fail(place(mark), "more than 50 aliases name lists or maps; write some of them out");
  }
  if (found->second->is_scalar()) {
    repeated_text_ += found->second->text.size();
    if (repeated_text_ > kMostRepeatedText) {
      return fail(place(mark), "the aliases of texts repeat more than 3 MiB; write less by alias");
    }
  }
  place_in_parent(found->second, /*merges=*/false);
}

void YamlComposer::open(const YAML::Mark& mark, const std::string& event_tag, YAML::anchor_t anchor,
                        YamlType type) {
  if (failed()) return;
  YamlNode& node = add(place(mark));
  node.type = type;
  if (!depth_is_fine(node.mark)) return;
  Open& opened = open_.emplace_back();
  opened.node = &node;
  opened.tag = take_tag(event_tag);
  opened.anchor = take_anchor(anchor);
  node.anchored = !opened.anchor.empty();
  if (opened.tag == kNonSpecific) opened.tag.clear();
  name(opened.anchor, nullptr);
}

void YamlComposer::OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                                   YAML::anchor_t anchor, YAML::EmitterStyle::value) {
  open(mark, tag, anchor, YamlType::kSequence);
}

void YamlComposer::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                              YAML::EmitterStyle::value) {
  open(mark, tag, anchor, YamlType::kMapping);
}

void YamlComposer::OnSequenceEnd() { close(); }

void YamlComposer::OnMapEnd() { close(); }

void YamlComposer::close() {
  if (failed() || open_.empty()) return;
  const Open closing = std::move(open_.back());
  open_.pop_back();
  if (closing.node->type == YamlType::kSequence) {
    close_sequence(closing);
  } else {
    close_mapping(closing);
  }
  if (failed()) return;
  name(closing.anchor, closing.node);
  place_in_parent(closing.node, /*merges=*/false);
}

void YamlComposer::close_sequence(const Open& open) {
  for (const Child& child : open.children) {
    if (child.merges) return fail(child.node->mark, "'<<' can only be a key; put it in quotes");
    open.node->items.push_back(child.node);
  }
  const std::string_view kind = short_tag(open.tag);
  if (open.tag.empty() || kind == "seq") return;
  if (kind == "omap") return close_ordered_map(open);
  if (kind == "pairs") return close_pairs(open);
  fail(open.node->mark, "this tag does not fit a list; remove it");
}

void YamlComposer::close_ordered_map(const Open& open) {
  std::unordered_map<std::string, std::size_t> places;
  for (const YamlNode* item : open.node->items) {
    if (item->type != YamlType::kMapping || item->entries.size() != 1) {
      return fail(item->mark, "an !!omap is a list of maps with one key each");
    }
    const YamlNode::Entry& entry = item->entries.front();
    const auto [found, fresh] = places.emplace(identity(*entry.key), open.node->entries.size());
    if (fresh) {
      open.node->entries.push_back(entry);
    } else {
      open.node->entries[found->second].value = entry.value;
    }
  }
  open.node->items.clear();
  open.node->type = YamlType::kMapping;
}

void YamlComposer::close_pairs(const Open& open) {
  std::vector<const YamlNode*> pairs;
  for (const YamlNode* item : open.node->items) {
    if (item->type != YamlType::kMapping || item->entries.size() != 1) {
      return fail(item->mark, "!!pairs is a list of maps with one key each");
    }
    YamlNode& pair = add(item->mark);
    pair.type = YamlType::kSequence;
    pair.items = {item->entries.front().key, item->entries.front().value};
    pairs.push_back(&pair);
  }
  open.node->items = std::move(pairs);
  open.node->type = YamlType::kPairs;
}

void YamlComposer::close_mapping(const Open& open) {
  const std::string_view kind = short_tag(open.tag);
  if (!open.tag.empty() && kind != "map" && kind != "set") {
    return fail(open.node->mark, "this tag does not fit a map; remove it");
  }
  if (kind == "set") open.node->type = YamlType::kSet;

  std::vector<YamlNode::Entry>& entries = open.node->entries;
  std::unordered_map<std::string, std::size_t> places;
  bool merges = false;
  for (std::size_t i = 0; i + 1 < open.children.size(); i += 2) {
    const YamlNode* key = open.children[i].node;
    const Child& value = open.children[i + 1];
    if (value.merges) return fail(value.node->mark, "'<<' can only be a key; put it in quotes");
    if (open.children[i].merges) {
      merges = true;
      continue;
    }
    const auto [found, fresh] = places.emplace(identity(*key), entries.size());
    if (fresh) {
      entries.push_back({key, value.node});
      continue;
    }
    YamlNode::Entry& earlier = entries[found->second];
    if (key->is_scalar() && key->written() != earlier.key->written()) {
      open.node->shadowed.push_back(earlier);
    } else {
      report_repeated(*key, earlier.key->mark.line);
    }
    earlier = {key, value.node};
  }
  std::reverse(open.node->shadowed.begin(), open.node->shadowed.end());
  if (!merges) return;

  std::unordered_set<std::string> taken;
  for (const auto& [key, place] : places) taken.insert(key);
  merge_all(open, taken);
}

void YamlComposer::report_repeated(const YamlNode& key, int first_line) {
  const std::string name = printable(java_text(key), 80);
  if (duplicates_ == Severity::kError) {
    report_.error(
        key.mark, "",
        fmt::format("the key '{}' stands twice, first in line {}; remove one", name, first_line));
  } else {
    report_.warning(key.mark, "",
                    fmt::format("the key '{}' stands twice, first in line {}; this one counts, so "
                                "remove the other",
                                name, first_line));
  }
}

/// Does what each `<<` of a mapping says.
void YamlComposer::merge_all(const Open& open, std::unordered_set<std::string>& taken) {
  for (std::size_t i = 0; i + 1 < open.children.size(); i += 2) {
    const Child& key = open.children[i];
    if (!key.merges) continue;
    const YamlNode* source = open.children[i + 1].node;
    if (source->type != YamlType::kSequence) {
      if (!merge(key, source, *open.node, taken)) return;
      continue;
    }
    for (const YamlNode* item : source->items) {
      if (!merge(key, item, *open.node, taken)) return;
    }
  }
}

bool YamlComposer::count_merged(const Child& key) {
  if (++merged_entries_ <= kMostMergedEntries) return true;
  fail(key.node->mark, "the merged maps are too large; write out what is needed");
  return false;
}

// Takes over the entries whose key is not there yet.
bool YamlComposer::merge(const Child& key, const YamlNode* source, YamlNode& into,
                         std::unordered_set<std::string>& taken) {
  if (source->type != YamlType::kMapping && source->type != YamlType::kSet) {
    fail(key.node->mark, fmt::format("'<<' takes a map or a list of maps, found {}; name a map "
                                     "there, or put '<<' in quotes",
                                     yaml_type_name(source->type)));
    return false;
  }
  for (const YamlNode::Entry& entry : source->entries) {
    if (!count_merged(key)) return false;
    const bool is_free = taken.insert(identity(*entry.key)).second;
    (is_free ? into.entries : into.shadowed).push_back(entry);
  }
  for (const YamlNode::Entry& entry : source->shadowed) {
    if (!count_merged(key)) return false;
    into.shadowed.push_back(entry);
  }
  return true;
}

}  // namespace jmxbridge
