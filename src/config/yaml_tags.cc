#include "config/yaml_tags.h"

#include <string_view>
#include <utility>

#include "base/ascii.h"

namespace jmxbridge {
namespace {

constexpr std::string_view kBroken = "this is no tag; put the text in quotes";

bool is_uri(char32_t c) {
  constexpr std::u32string_view kSigns = U";/?:@&=+$,.!~*'()[]%";
  return is_yaml_word(c) || (c != U'\0' && kSigns.find(c) != std::u32string_view::npos);
}

bool is_handle(char32_t c) { return is_yaml_word(c) || c == U'!'; }

}  // namespace

bool is_yaml_word(char32_t c) { return is_letter(c) || is_digit(c) || c == U'-' || c == U'_'; }

YamlTags::YamlTags() : prefixes_{{"!", "!"}, {"!!", "tag:yaml.org,2002:"}} {}

bool YamlTags::scan_directive(YamlCursor& text, Mark start) {
  text.skip_blanks();
  std::string handle = text.take_while(is_handle);
  text.skip_blanks();
  std::string prefix = text.take_while(is_uri);
  if (handle.empty() || handle.front() != '!' || handle.back() != '!' || prefix.empty() ||
      !(text.peek() == U' ' || text.is_break_or_end())) {
    return text.fail(start, "a %TAG directive is '%TAG !name! prefix'; correct or remove it");
  }
  prefixes_[std::move(handle)] = std::move(prefix);
  text.skip_line();
  return true;
}

bool YamlTags::scan(YamlCursor& text, std::string& resolved) const {
  const Mark start = text.mark();
  text.advance();
  if (text.peek() == U'<') {
    text.advance();
    resolved = text.take_while(is_uri);
    if (text.peek() != U'>' || resolved.empty()) return text.fail(start, std::string(kBroken));
    text.advance();
  } else if (text.is_blank_or_end()) {
    resolved += '!';
  } else if (!scan_shorthand(text, start, resolved)) {
    return false;
  }
  if (text.peek() != U' ' && !text.is_break_or_end()) {
    return text.fail(start, std::string(kBroken));
  }
  return true;
}

/// `!suffix`, `!!suffix` or `!name!suffix`, from behind the first `!`.
bool YamlTags::scan_shorthand(YamlCursor& text, Mark start, std::string& resolved) const {
  std::size_t word = 0;
  while (is_yaml_word(text.peek(word))) ++word;
  std::string handle = "!";
  if (text.peek(word) == U'!') {
    for (std::size_t i = 0; i <= word; ++i) append_utf8(text.peek(i), handle);
    text.advance(word + 1);
  }
  const auto prefix = prefixes_.find(handle);
  if (prefix == prefixes_.end()) {
    return text.fail(start,
                     "the handle of this tag is not defined; use '!!' and a standard tag, or put "
                     "the text in quotes");
  }
  const std::string suffix = text.take_while(is_uri);
  if (suffix.empty()) return text.fail(start, std::string(kBroken));
  resolved = prefix->second + suffix;
  return true;
}

}  // namespace jmxbridge
