#include "config/yaml_reader.h"

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <optional>
#include <sstream>
#include <string>

#include "config/yaml_composer.h"
#include "config/yaml_scanner.h"
#include "config/yaml_text.h"

namespace jmxbridge {
namespace {

// yaml-cpp's own words speak of tokens; these speak of the file.
std::string words_for(const YAML::ParserException& error) {
  if (error.msg == YAML::ErrorMsg::END_OF_MAP || error.msg == YAML::ErrorMsg::END_OF_SEQ) {
    return "this does not continue what stands above; check the indentation";
  }
  if (error.msg == YAML::ErrorMsg::END_OF_MAP_FLOW) {
    return "a ',' or the closing '}' must stand here";
  }
  if (error.msg == YAML::ErrorMsg::END_OF_SEQ_FLOW) {
    return "a ',' or the closing ']' must stand here";
  }
  return "this does not fit here; check the indentation, the quotes and the brackets";
}

std::optional<YamlFault> parse(const ScannedYaml& scanned, YamlComposer& composer) {
  std::istringstream in(scanned.mask);
  try {
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(composer)) {
      if (composer.fault()) return composer.fault();
    }
  } catch (const YAML::ParserException& error) {
    if (composer.fault()) return composer.fault();
    const int position = error.mark.pos;
    return YamlFault{scanned.mark_at(static_cast<std::size_t>(position < 0 ? 0 : position)),
                     words_for(error)};
  }
  composer.finish();
  return composer.fault();
}

}  // namespace

YamlDocument read_yaml(std::string_view text, Report& report, Severity lapses) {
  YamlDocument document;
  if (text.size() > kLargestYaml) {
    report.error({}, "", "the file is larger than 3 MiB; remove what is not needed");
    return document;
  }
  std::u32string decoded;
  std::optional<Mark> place;
  std::optional<YamlFault> fault = decode_yaml(text, decoded, place);
  // The text does not name the byte: it may be one of a password.
  constexpr std::string_view kNotUtf8 = "a byte here is no UTF-8; save the file as UTF-8";
  if (place && lapses == Severity::kError) {
    fault = YamlFault{*place, std::string(kNotUtf8)};
  } else if (place) {
    report.warning(*place, "", kNotUtf8);
  }
  if (!fault) {
    const ScannedYaml scanned = YamlScanner(decoded).run();
    fault = scanned.fault;
    if (!fault) {
      YamlComposer composer(scanned, document, report, lapses);
      fault = parse(scanned, composer);
    }
  }
  if (fault) {
    report.error(fault->mark, "", fault->text);
    document.root = nullptr;
    return document;
  }
  document.valid = true;
  return document;
}

}  // namespace jmxbridge
