#include <algorithm>
#include <catch2/catch.hpp>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exposition/page.h"

using namespace jmxbridge;

namespace {

/// What a scraper would read from one page.
struct Parsed {
  struct Family {
    std::string type;
    std::string help;
    std::vector<std::pair<std::vector<Label>, double>> samples;
  };
  std::map<std::string, Family> families;  ///< by the name on the metadata lines
  bool has_end_mark = false;
};

/// A strict reader of both formats: throws at the first byte that the grammar does not foresee.
class Parser {
 public:
  Parser(std::string_view page, Format format) : rest_(page), format_(format) {}

  Parsed parse() {
    Parsed parsed;
    Parsed::Family* family = nullptr;
    while (!rest_.empty() && !parsed.has_end_mark) {
      if (accept("# EOF\n")) {
        parsed.has_end_mark = true;
      } else if (accept("# HELP ")) {
        family = &parsed.families[name()];
        need(" ");
        family->help = escaped('\n', format_ == Format::kOpenMetrics);
      } else if (accept("# TYPE ")) {
        family = &parsed.families[name()];
        need(" ");
        family->type = until("\n");
        need("\n");
      } else {
        if (family == nullptr) throw std::runtime_error("a sample without a family");
        name();
        family->samples.push_back(sample());
      }
    }
    if (!rest_.empty()) throw std::runtime_error("text behind the end");
    return parsed;
  }

 private:
  bool accept(std::string_view text) {
    if (rest_.substr(0, text.size()) != text) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  void need(std::string_view text) {
    if (!accept(text)) throw std::runtime_error("expected " + std::string(text));
  }

  std::string until(std::string_view stops) {
    const std::size_t end = rest_.find_first_of(stops);
    if (end == std::string_view::npos) throw std::runtime_error("unterminated");
    std::string text(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return text;
  }

  std::string name() {
    std::string text = until(" {=");
    const bool legal = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':';
    });
    if (!legal) throw std::runtime_error("illegal name " + text);
    return text;
  }

  /// Reads up to and including `end`; nothing but the three escapes may follow a backslash.
  std::string escaped(char end, bool quotes) {
    std::string text;
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == end) return text;
      if (c == '\n' || (c == '"' && quotes)) throw std::runtime_error("an unescaped character");
      if (c != '\\') {
        text += c;
      } else if (accept("\\")) {
        text += '\\';
      } else if (accept("n")) {
        text += '\n';
      } else if (quotes && accept("\"")) {
        text += '"';
      } else {
        throw std::runtime_error("an unknown escape");
      }
    }
    throw std::runtime_error("unterminated text");
  }

  std::pair<std::vector<Label>, double> sample() {
    std::vector<Label> labels;
    if (accept("{")) {
      do {
        std::string label = accept("\"") ? escaped('"', true) : name();
        need("=\"");
        labels.push_back({std::move(label), escaped('"', true)});
      } while (accept(","));
      need("}");
    }
    need(" ");
    const std::string text = until("\n");
    need("\n");
    return {std::move(labels), number(text)};
  }

  static double number(const std::string& text) {
    if (text == "NaN") return std::nan("");
    if (text == "+Inf") return std::numeric_limits<double>::infinity();
    if (text == "-Inf") return -std::numeric_limits<double>::infinity();
    double value = 0;
    const char* end = text.data() + text.size();
    const std::from_chars_result read = std::from_chars(text.data(), end, value);
    if (read.ec != std::errc() || read.ptr != end) throw std::runtime_error("no number: " + text);
    return value;
  }

  std::string_view rest_;
  Format format_;
};

/// Texts of what tends to break formats: quotes, escapes, control characters, wide characters.
std::string hostile_text(std::mt19937& random) {
  static const std::vector<std::string> kPieces = {"\"",       "\\",
                                                   "\n",       "\r",
                                                   "\t",       " ",
                                                   "{",        "}",
                                                   "=",        ",",
                                                   "#",        "# EOF\n",
                                                   "\\n",      "a",
                                                   "0",        "é",
                                                   "€",        "😀",
                                                   "\x01",     "\x7f",
                                                   "\x1b[31m", std::string(1, '\0'),
                                                   "\u2028"};
  std::string text;
  for (std::uint32_t i = random() % 12; i > 0; --i) text += kPieces[random() % kPieces.size()];
  return text;
}

}  // namespace

TEST_CASE("page script: any text in labels and help reads back as it was", "[exposition]") {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    const std::string help = hostile_text(random);
    const std::vector<Label> labels = {{"a", hostile_text(random)}, {"x:y", hostile_text(random)}};
    const std::uint64_t bits = (std::uint64_t{random()} << 32) | random();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    const std::vector<double> values = {value};
    const Page page({{"g", FamilyType::kGauge, help, "", {{labels, 0}}}});

    for (const Format format : {Format::kText, Format::kOpenMetrics}) {
      std::string out;
      page.render(format, values, out);
      CAPTURE(out);
      const Parsed parsed = Parser(out, format).parse();
      REQUIRE(parsed.families.size() == 1);
      const Parsed::Family& family = parsed.families.at("g");
      CHECK(family.type == "gauge");
      CHECK(family.help == help);
      REQUIRE(family.samples.size() == 1);
      CHECK(family.samples[0].first == labels);
      const double read = family.samples[0].second;
      CHECK((std::isnan(value) ? std::isnan(read)
                               : read == value && std::signbit(read) == std::signbit(value)));
      CHECK(parsed.has_end_mark == (format == Format::kOpenMetrics));
    }
  }
}

TEST_CASE("page script: any label name reads back as it was", "[exposition]") {
  std::mt19937 random(11);
  for (int round = 0; round < 1000; ++round) {
    const std::vector<Label> labels = {{hostile_text(random), "v"}};
    const std::vector<double> values = {1};
    const Page page({{"g", FamilyType::kUnknown, "", "", {{labels, 0}}}});
    std::string out;
    page.render(Format::kText, values, out);
    CAPTURE(out);
    const Parsed parsed = Parser(out, Format::kText).parse();
    REQUIRE(parsed.families.at("g").samples.size() == 1);
    CHECK(parsed.families.at("g").samples[0].first == labels);
  }
}

TEST_CASE("page script: every sample of a large page shows, sorted, with its number",
          "[exposition]") {
  std::mt19937 random(13);
  std::vector<FamilySpec> families;
  std::vector<double> values;
  for (int f = 0; f < 40; ++f) {
    FamilySpec family{"f" + std::to_string(f), FamilyType::kUnknown, "", "", {}};
    for (int s = 0; s < 100; ++s) {
      std::vector<Label> labels = {{"n", std::to_string(s)}};
      if (random() % 2 == 0) labels.push_back({"a", hostile_text(random)});
      family.samples.push_back({std::move(labels), static_cast<std::uint32_t>(values.size())});
      values.push_back(f * 1000 + s);
    }
    std::shuffle(family.samples.begin(), family.samples.end(), random);
    families.push_back(std::move(family));
  }
  std::shuffle(families.begin(), families.end(), random);

  const Page page(families);
  std::string out;
  page.render(Format::kText, values, out);
  const Parsed parsed = Parser(out, Format::kText).parse();
  REQUIRE(parsed.families.size() == 40);
  for (int f = 0; f < 40; ++f) {
    const auto& samples = parsed.families.at("f" + std::to_string(f)).samples;
    REQUIRE(samples.size() == 100);
    std::vector<int> seen(100);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const auto& [labels, value] = samples[i];
      CHECK(value == f * 1000 + std::stoi(labels.back().value));
      ++seen[static_cast<std::size_t>(std::stoi(labels.back().value))];
      // Those with the label `a` come before those whose first label is `n`.
      if (i > 0) CHECK(samples[i - 1].first.size() >= labels.size());
    }
    CHECK(std::all_of(seen.begin(), seen.end(), [](int times) { return times == 1; }));
  }
}
