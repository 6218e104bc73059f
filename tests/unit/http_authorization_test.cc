#include "http/authorization.h"

#include <catch2/catch.hpp>
#include <string>

namespace jmxbridge {
namespace {

using Kind = Authorization::Kind;

TEST_CASE("base64: padding may be missing, but neither wrong nor in the middle", "[http]") {
  CHECK(decode_base64("") == "");
  CHECK(decode_base64("Zg==") == "f");
  CHECK(decode_base64("Zg") == "f");
  CHECK(decode_base64("Zm8=") == "fo");
  CHECK(decode_base64("Zm9v") == "foo");
  CHECK(decode_base64("//+/") == "\xFF\xFF\xBF");
  CHECK(decode_base64("AAAA") == std::string(3, '\0'));
  for (const char* wrong : {"Z", "Zg=", "Zg===", "=", "==", "Zm9v=", "Zm9v==", "Zm8==", "Z=g=",
                            "Zm9v Zg", "Zm-_", "Zm9vZ", "Zg==\n"}) {
    INFO(wrong);
    CHECK_FALSE(decode_base64(wrong));
  }
}

TEST_CASE("authorization: name and password part at the first colon", "[http]") {
  const Authorization read = read_authorization("Basic cHJvbTpHcsO8bjox");
  CHECK(read.kind == Kind::kBasic);
  CHECK(read.user == "prom");
  CHECK(read.password == "Gr\xC3\xBCn:1");
  CHECK(read_authorization("bASIC  Og==").kind == Kind::kBasic);
  CHECK(read_authorization("Basic Og==").user.empty());
}

TEST_CASE("authorization: what is no Basic credentials is told apart", "[http]") {
  CHECK(read_authorization(std::nullopt).kind == Kind::kNone);
  for (const char* other :
       {"", "Bearer abc", "Basicx Og==", "Digest Og==", "Bearer", " Basic Og=="}) {
    INFO(other);
    CHECK(read_authorization(other).kind == Kind::kOtherScheme);
  }
  // Neither base64, nor a colon, nor anything at all.
  for (const char* malformed : {"Basic", "Basic ", "Basic %%", "Basic Zm9v", "Basic Og=== x"}) {
    INFO(malformed);
    CHECK(read_authorization(malformed).kind == Kind::kMalformed);
  }
}

}  // namespace
}  // namespace jmxbridge
