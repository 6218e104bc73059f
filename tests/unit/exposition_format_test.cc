#include <catch2/catch.hpp>
#include <clocale>
#include <string>
#include <utility>

#include "exposition/format.h"

using namespace jmxbridge;

TEST_CASE("format: each format has the peer's content type", "[exposition]") {
  CHECK(content_type(Format::kText) == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(content_type(Format::kOpenMetrics) ==
        "application/openmetrics-text; version=1.0.0; charset=utf-8");
  CHECK(content_type(Format::kProtobuf) ==
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; "
        "encoding=delimited");
}

TEST_CASE("format: Accept is searched for protobuf, then OpenMetrics; all else gets text",
          "[exposition]") {
  const std::pair<const char*, Format> cases[] = {
      {"", Format::kText},
      {"*/*", Format::kText},
      {"text/html,application/xml;q=0.9,*/*;q=0.8", Format::kText},
      {"text/plain;version=0.0.4", Format::kText},
      {"application/openmetrics-text", Format::kOpenMetrics},
      {"application/openmetrics-text;version=0.0.1", Format::kOpenMetrics},
      {"application/openmetrics-text;version=2.0.0", Format::kOpenMetrics},
      // Weights do not count, nor does what stands first.
      {"text/plain;q=1,application/openmetrics-text;q=0.1", Format::kOpenMetrics},
      {"application/openmetrics-text;q=0", Format::kOpenMetrics},
      {"xapplication/openmetrics-textx", Format::kOpenMetrics},
      // The search minds case, as the peer's does.
      {"Application/OpenMetrics-Text", Format::kText},
      {"application/openmetrics", Format::kText},
      {"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
       "encoding=delimited",
       Format::kProtobuf},
      {"application/openmetrics-text;q=1,application/vnd.google.protobuf;"
       "proto=io.prometheus.client.MetricFamily;q=0.1",
       Format::kProtobuf},
      // Where the two texts stand does not count, but both must be there.
      {"proto=io.prometheus.client.MetricFamily, application/vnd.google.protobuf",
       Format::kProtobuf},
      {"application/vnd.google.protobuf", Format::kText},
      {"application/vnd.google.protobuf;proto=other, application/openmetrics-text",
       Format::kOpenMetrics},
  };
  for (const auto& [accept, format] : cases) {
    CAPTURE(accept);
    CHECK(negotiate_format(accept) == format);
  }
}

TEST_CASE("format: the escaping scheme is the first that Accept names", "[exposition]") {
  const std::pair<const char*, Escaping> cases[] = {
      {"", Escaping::kUnderscores},
      {"text/plain", Escaping::kUnderscores},
      {"escaping=dots", Escaping::kDots},
      {"text/plain;escaping=dots", Escaping::kDots},
      {"text/plain; escaping = dots ;q=1", Escaping::kDots},
      {"text/plain;version=1.0.0;escaping=dots=", Escaping::kDots},
      {"a;escaping=underscores;escaping=dots", Escaping::kUnderscores},
      {"a;escaping=allow-utf-8;escaping=dots", Escaping::kUnderscores},
      {"a;escaping=unknown;escaping=dots", Escaping::kUnderscores},
      {"a;escaping=values", Escaping::kUnderscores},
      // What is not one key and one value is passed over.
      {"a;escaping;escaping=dots", Escaping::kDots},
      {"a;escaping=;escaping=dots", Escaping::kDots},
      {"a;escaping==;escaping=dots", Escaping::kDots},
      {"a;escaping=x=y;escaping=dots", Escaping::kDots},
      // A comma ends no element.
      {"a;escaping=dots,b;q=0.5", Escaping::kUnderscores},
      {"a;escaping=x,b;escaping=dots", Escaping::kUnderscores},
      {"a,escaping=dots", Escaping::kUnderscores},
      {"a;Escaping=dots", Escaping::kUnderscores},
      {"a;escaping=DOTS", Escaping::kUnderscores},
  };
  for (const auto& [accept, escaping] : cases) {
    CAPTURE(accept);
    CHECK(negotiate_escaping(accept) == escaping);
  }
}

TEST_CASE("format: gzip is used only where Accept-Encoding allows it", "[exposition]") {
  const std::pair<const char*, bool> cases[] = {
      {"", false},
      {"gzip", true},
      {"GZip", true},
      {"x-gzip", true},
      {" gzip ", true},
      {"\tgzip\t;\tq=1", true},
      {"deflate, gzip, br", true},
      {"gzip;q=1.0", true},
      {"gzip;q=0.001", true},
      {"gzip;Q=0.5", true},
      {"gzip;level=3", true},
      {"gzip;level=3;q=0", false},
      {"gzip;q=0", false},
      {"gzip;q=0.000", false},
      {"gzip;q=0, *", false},
      {"*", true},
      {"*;q=0", false},
      {"deflate", false},
      {"identity", false},
      {"identity, gzip", true},
      {"identity;q=1, gzip;q=0.5", false},
      {"identity;q=0.5, gzip;q=0.5", true},
      {"identity;q=0, gzip;q=0.1", true},
      {"identity;q=0, *;q=0", false},
      {"gzip;q=0, gzip", true},
      {",,gzip,,", true},
      // An element whose weight is malformed is as good as absent.
      {"gzip;q=", false},
      {"gzip;q=2", false},
      {"gzip;q=1.001", false},
      {"gzip;q=0.1234", false},
      {"gzip;q=-1", false},
      {"gzip;q=1x", false},
      {"gzip;q=.5", false},
      {"notgzip", false},
      {"gzipped", false},
      {"gzip deflate", false},
      {";;;,;q=1,=,", false},
  };
  for (const auto& [header, accepted] : cases) {
    CAPTURE(header);
    CHECK(accepts_gzip(header) == accepted);
  }
}

TEST_CASE("format: what clients write in capitals is read in every locale", "[exposition]") {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  // Where the machine knows Turkish, in which the capital I is that of no letter of ASCII.
  for (const char* locale : {"C", "tr_TR.UTF-8"}) {
    std::setlocale(LC_ALL, locale);
    CHECK(accepts_gzip("GZIP"));
    CHECK(accepts_gzip("IDENTITY;Q=0, GZIP;Q=0.1"));
  }
  std::setlocale(LC_ALL, before.c_str());
}
