#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
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

/// The fields of one message by number, as any reader of protobuf finds them without a schema:
/// varints and fixed64 as numbers, the rest as bytes.
struct Message {
  std::map<std::uint64_t, std::vector<std::uint64_t>> numbers;
  std::map<std::uint64_t, std::vector<std::string>> bytes;
  std::vector<std::uint64_t> order;  ///< the fields' numbers as they came

  const std::string& text(std::uint64_t field) const {
    const auto found = bytes.find(field);
    if (found == bytes.end()) throw std::runtime_error("no field " + std::to_string(field));
    return found->second.back();
  }
  Message message(std::uint64_t field) const;
  std::uint64_t number(std::uint64_t field) const { return numbers.at(field).back(); }
  double real(std::uint64_t field) const {
    const std::uint64_t bits = number(field);
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  bool has(std::uint64_t field) const { return bytes.count(field) + numbers.count(field) > 0; }
};

/// Takes bytes off the front of a text; throws where they end too early.
class Bytes {
 public:
  explicit Bytes(std::string_view rest) : rest_(rest) {}

  bool at_end() const { return rest_.empty(); }
  std::string_view take(std::uint64_t count) {
    if (count > rest_.size()) throw std::runtime_error("a message is cut off");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::uint64_t varint() {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1)[0]);
      if (shift == 63 && byte > 1) throw std::runtime_error("a varint beyond 64 bits");
      number |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80U) return number;
    }
    throw std::runtime_error("a varint without an end");
  }
  std::uint64_t fixed64() {
    const std::string_view taken = take(8);
    std::uint64_t number = 0;
    for (std::size_t i = 8; i-- > 0;) {
      number = number << 8 | static_cast<unsigned char>(taken[i]);
    }
    return number;
  }

 private:
  std::string_view rest_;
};

Message read_message(std::string_view text) {
  Message message;
  Bytes bytes(text);
  while (!bytes.at_end()) {
    const std::uint64_t key = bytes.varint();
    message.order.push_back(key >> 3);
    switch (key & 7U) {
      case 0:
        message.numbers[key >> 3].push_back(bytes.varint());
        break;
      case 1:
        message.numbers[key >> 3].push_back(bytes.fixed64());
        break;
      case 2:
        message.bytes[key >> 3].emplace_back(bytes.take(bytes.varint()));
        break;
      default:
        throw std::runtime_error("an unknown wire type");
    }
  }
  return message;
}

Message Message::message(std::uint64_t field) const { return read_message(text(field)); }

std::vector<Message> read_page(std::string_view page) {
  std::vector<Message> families;
  Bytes bytes(page);
  while (!bytes.at_end()) families.push_back(read_message(bytes.take(bytes.varint())));
  return families;
}

std::string rendered(const Page& page, const std::vector<double>& values,
                     Format format = Format::kProtobuf,
                     Escaping escaping = Escaping::kUnderscores) {
  std::string out;
  page.render(format, values, out, escaping);
  return out;
}

std::vector<Label> labels_of(const Message& metric) {
  std::vector<Label> labels;
  const auto found = metric.bytes.find(1);
  if (found == metric.bytes.end()) return labels;
  for (const std::string& each : found->second) {
    const Message pair = read_message(each);
    labels.push_back({pair.text(1), pair.text(2)});
  }
  return labels;
}

std::string random_text(std::mt19937& random) {
  static const std::vector<std::string> kPieces = {
      "a", "Z", "_", "\"", "\\", "\n", "é", "\U0001F600", " ", "\t", std::string(1, '\0'), "}"};
  std::string text;
  // Around 128 bytes the length of a length changes.
  for (std::uint32_t i = random() % 140; i > 0; --i) text += kPieces[random() % kPieces.size()];
  return text;
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A family of each type, in the order of their names.
Page every_type() {
  FamilySpec counter{"a", FamilyType::kCounter, "counts", "", {{{}, 0}}, 1'700'000'000'250};
  FamilySpec later{"b", FamilyType::kCounter, "", "", {{{{"x", "y"}}, 1}}};
  FamilySpec gauge{"c", FamilyType::kGauge, "", "seconds", {{{}, 2}}};
  FamilySpec info{"d", FamilyType::kInfo, "", "", {{{{"version", "1"}}, 3}}};
  FamilySpec states{"e", FamilyType::kStateSet, "", "", {{{{"e", "ON"}}, 4}, {{{"e", "OFF"}}, 5}}};
  FamilySpec summary{"f", FamilyType::kSummary, "", "", {}};
  using Part = SampleSpec::Part;
  summary.samples = {{{{"quantile", "0.5"}}, 6},
                     {{{"quantile", "0.99"}}, 7},
                     {{}, 8, Part::kSum},
                     {{}, 9, Part::kCount},
                     {{{"p", "q"}}, 10, Part::kCount}};
  FamilySpec unknown{"g", FamilyType::kUnknown, "", "", {{{}, 11}}};
  FamilySpec empty{"h", FamilyType::kGauge, "nothing", "", {}};
  return Page({counter, later, gauge, info, states, summary, unknown, empty});
}

const std::vector<double> kValues = {1, 2, -0.5, 9, 1, 0, 0.25, 4, 100, 7, 1e30, kInfinity};

TEST_CASE("protobuf: each type of family becomes the message that Prometheus knows",
          "[exposition]") {
  const std::vector<Message> families = read_page(rendered(every_type(), kValues));
  REQUIRE(families.size() == 7);

  const Message& counter = families[0];
  CHECK(counter.text(1) == "a_total");
  CHECK(counter.text(2) == "counts");
  CHECK(counter.number(3) == 0);
  CHECK(counter.order == std::vector<std::uint64_t>{1, 2, 3, 4});
  const Message created = counter.message(4).message(3).message(3);
  CHECK(counter.message(4).message(3).real(1) == 1);
  CHECK(created.number(1) == 1'700'000'000);
  CHECK(created.number(2) == 250'000'000);

  const Message& later = families[1];
  CHECK(later.text(2).empty());
  CHECK_FALSE(later.message(4).message(3).has(3));
  CHECK(labels_of(later.message(4)) == std::vector<Label>{{"x", "y"}});

  CHECK(families[2].number(3) == 1);
  CHECK(families[2].message(4).message(2).real(1) == -0.5);
  // Units stand in OpenMetrics only.
  CHECK_FALSE(families[2].has(5));

  CHECK(families[3].text(1) == "d_info");
  CHECK(families[3].number(3) == 1);
  CHECK(families[3].message(4).message(2).real(1) == 1);

  CHECK(families[4].text(1) == "e");
  CHECK(families[4].number(3) == 1);
  REQUIRE(families[4].bytes.at(4).size() == 2);
  const Message off = read_message(families[4].bytes.at(4)[0]);
  CHECK(labels_of(off) == std::vector<Label>{{"e", "OFF"}});
  CHECK(off.message(2).real(1) == 0);

  CHECK(families[6].number(3) == 3);
  CHECK(families[6].message(4).message(5).real(1) == kInfinity);
}

TEST_CASE("protobuf: the samples of a summary come together in one message", "[exposition]") {
  const Message family = read_page(rendered(every_type(), kValues))[5];
  CHECK(family.number(3) == 2);
  REQUIRE(family.bytes.at(4).size() == 2);
  const Message metric = read_message(family.bytes.at(4)[0]);
  CHECK(labels_of(metric).empty());
  const Message summary = metric.message(4);
  CHECK(summary.number(1) == 7);
  CHECK(summary.real(2) == 100);
  REQUIRE(summary.bytes.at(3).size() == 2);
  const Message median = read_message(summary.bytes.at(3)[0]);
  CHECK(median.real(1) == 0.5);
  CHECK(median.real(2) == 0.25);
  const Message other = read_message(family.bytes.at(4)[1]);
  CHECK(labels_of(other) == std::vector<Label>{{"p", "q"}});
  CHECK(other.message(4).number(1) == std::numeric_limits<std::uint64_t>::max());
  CHECK_FALSE(other.message(4).has(2));
}

TEST_CASE("protobuf: a count that is no whole number becomes the nearest one", "[exposition]") {
  const std::pair<double, std::uint64_t> cases[] = {{0, 0},
                                                    {-1, 0},
                                                    {std::nan(""), 0},
                                                    {1.9, 1},
                                                    {127, 127},
                                                    {128, 128},
                                                    {1e15, 1e15},
                                                    {0x1p63, std::uint64_t{1} << 63},
                                                    {kInfinity, ~std::uint64_t{0}}};
  const Page page({{"s", FamilyType::kSummary, "", "", {{{}, 0, SampleSpec::Part::kCount}}}});
  for (const auto& [value, count] : cases) {
    CAPTURE(value);
    const Message family = read_page(rendered(page, {value})).at(0);
    CHECK(family.message(4).message(4).number(1) == count);
  }
}

TEST_CASE("protobuf: any text and number reads back as it was", "[exposition]") {
  std::mt19937 random(17);
  for (int round = 0; round < 500; ++round) {
    std::vector<FamilySpec> families;
    std::vector<double> values;
    for (const char* name : {"a", "b", "c"}) {
      FamilySpec family{name, FamilyType::kGauge, random_text(random), "", {}};
      for (std::uint32_t i = random() % 4 + 1; i > 0; --i) {
        const std::uint64_t bits = std::uint64_t{random()} << 32 | random();
        double value = 0;
        std::memcpy(&value, &bits, sizeof value);
        family.samples.push_back({{{"id", std::to_string(i)}, {"text", random_text(random)}},
                                  static_cast<std::uint32_t>(values.size())});
        values.push_back(value);
      }
      families.push_back(std::move(family));
    }
    const Page page(families);
    const std::vector<Message> read = read_page(rendered(page, values));
    REQUIRE(read.size() == 3);
    for (std::size_t f = 0; f < 3; ++f) {
      const FamilySpec& wanted = page.families()[f];
      CHECK(read[f].text(2) == wanted.help);
      REQUIRE(read[f].bytes.at(4).size() == wanted.samples.size());
      for (std::size_t s = 0; s < wanted.samples.size(); ++s) {
        const Message metric = read_message(read[f].bytes.at(4)[s]);
        CHECK(labels_of(metric) == wanted.samples[s].labels);
        const double value = metric.message(2).real(1);
        CHECK(std::memcmp(&value, &values[wanted.samples[s].slot], sizeof value) == 0);
      }
    }
  }
}

TEST_CASE("protobuf: the text for people has the same fields, one a line", "[exposition]") {
  CHECK(rendered(every_type(), kValues, Format::kProtobufText) ==
        "name: \"a_total\"\nhelp: \"counts\"\ntype: COUNTER\nmetric {\n  counter {\n"
        "    value: 1.0\n    created_timestamp {\n      seconds: 1700000000\n"
        "      nanos: 250000000\n    }\n  }\n}\n"
        "name: \"b_total\"\nhelp: \"\"\ntype: COUNTER\nmetric {\n  label {\n    name: \"x\"\n"
        "    value: \"y\"\n  }\n  counter {\n    value: 2.0\n  }\n}\n"
        "name: \"c\"\nhelp: \"\"\ntype: GAUGE\nmetric {\n  gauge {\n    value: -0.5\n  }\n}\n"
        "name: \"d_info\"\nhelp: \"\"\ntype: GAUGE\nmetric {\n  label {\n    name: \"version\"\n"
        "    value: \"1\"\n  }\n  gauge {\n    value: 1.0\n  }\n}\n"
        "name: \"e\"\nhelp: \"\"\ntype: GAUGE\nmetric {\n  label {\n    name: \"e\"\n    value: "
        "\"OFF\"\n  }\n"
        "  gauge {\n    value: 0.0\n  }\n}\nmetric {\n  label {\n    name: \"e\"\n"
        "    value: \"ON\"\n  }\n  gauge {\n    value: 1.0\n  }\n}\n"
        "name: \"f\"\nhelp: \"\"\ntype: SUMMARY\nmetric {\n  summary {\n    sample_count: 7\n"
        "    sample_sum: 100.0\n    quantile {\n      quantile: 0.5\n      value: 0.25\n    }\n"
        "    quantile {\n      quantile: 0.99\n      value: 4.0\n    }\n  }\n}\n"
        "metric {\n  label {\n    name: \"p\"\n    value: \"q\"\n  }\n  summary {\n"
        "    sample_count: 18446744073709551615\n  }\n}\n"
        "name: \"g\"\nhelp: \"\"\ntype: UNTYPED\nmetric {\n  untyped {\n    value: Infinity\n  "
        "}\n}\n");
}

TEST_CASE("protobuf: texts for people are in ASCII, with the escapes of C", "[exposition]") {
  const Page page({{"g", FamilyType::kGauge, "é\"'\\\n\t\r\a\x1f~\x7f", "", {{{}, 0}}}});
  const std::string text = rendered(page, {std::nan("")}, Format::kProtobufText);
  CHECK(text.find("help: \"\\303\\251\\\"\\'\\\\\\n\\t\\r\\a\\037~\\177\"\n") != std::string::npos);
  CHECK(text.find("value: NaN\n") != std::string::npos);
  CHECK(rendered(page, {-kInfinity}, Format::kProtobufText).find("value: -Infinity\n") !=
        std::string::npos);
}

TEST_CASE("escaping: dots doubles every underscore of names, in every format", "[exposition]") {
  const Page page({{"jmx_scrape_error", FamilyType::kCounter, "a_b", "", {{{{"a_b", "c_d"}}, 0}}}});
  CHECK(rendered(page, {3}, Format::kText, Escaping::kDots) ==
        "# HELP jmx__scrape__error_total a_b\n# TYPE jmx__scrape__error_total counter\n"
        "jmx__scrape__error_total{a__b=\"c_d\"} 3.0\n");
  CHECK(rendered(page, {3}, Format::kOpenMetrics, Escaping::kDots) ==
        "# TYPE jmx__scrape__error counter\n# HELP jmx__scrape__error a_b\n"
        "jmx__scrape__error_total{a__b=\"c_d\"} 3.0\n# EOF\n");
  const Message family = read_page(rendered(page, {3}, Format::kProtobuf, Escaping::kDots)).at(0);
  CHECK(family.text(1) == "jmx__scrape__error_total");
  CHECK(labels_of(family.message(4)) == std::vector<Label>{{"a__b", "c_d"}});
  // The other scripts of the page are not touched.
  CHECK(rendered(page, {3}, Format::kText).find("jmx_scrape_error_total{a_b=") !=
        std::string::npos);
}

TEST_CASE("escaping: dots doubles the underscore of a suffix that is a part of the name",
          "[exposition]") {
  FamilySpec counter{"a_b", FamilyType::kCounter, "", "", {{{}, 0}}};
  FamilySpec info{"c", FamilyType::kInfo, "", "", {{{}, 0}}};
  FamilySpec gauge{"d_total", FamilyType::kGauge, "", "", {{{}, 0}}};
  for (FamilySpec* family : {&counter, &info, &gauge}) family->named_with_suffix = true;
  const Page page({counter, info, gauge});
  CHECK(rendered(page, {3}, Format::kText, Escaping::kDots) ==
        "# TYPE a__b__total counter\na__b__total 3.0\n"
        "# TYPE c__info gauge\nc__info 1\n# TYPE d__total gauge\nd__total 3.0\n");
  CHECK(rendered(page, {3}, Format::kOpenMetrics, Escaping::kDots) ==
        "# TYPE a__b_ counter\na__b__total 3.0\n# TYPE c_ info\nc__info 1\n"
        "# TYPE d__total gauge\nd__total 3.0\n# EOF\n");
  CHECK(read_page(rendered(page, {3}, Format::kProtobuf, Escaping::kDots)).at(0).text(1) ==
        "a__b__total");
  CHECK(
      rendered(page, {3}, Format::kText).starts_with("# TYPE a_b_total counter\na_b_total 3.0\n"));
}

TEST_CASE("escaping: dots writes what is not legal in a name as underscores", "[exposition]") {
  const Page page({{"g", FamilyType::kGauge, "", "", {{{{"1a:é.b", "v"}}, 0}}}});
  // A colon is legal in a metric's name, so it stays and the label's name is quoted.
  CHECK(rendered(page, {1}, Format::kText, Escaping::kDots) ==
        "# TYPE g gauge\ng{\"__a:___dot_b\"=\"v\"} 1.0\n");
}

}  // namespace
