#include "config/variables.h"

#include <catch2/catch.hpp>
#include <cstdlib>

namespace jmxbridge {
namespace {

// Sets a variable for one test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { ::unsetenv(name_); }

 private:
  const char* name_;
};

}  // namespace

TEST_CASE("variables: a value that is a variable as a whole is resolved and trimmed", "[config]") {
  const Variable variable("JMXBRIDGE_TEST_A", "  secret word \n");
  CHECK(*resolve_variable("${JMXBRIDGE_TEST_A}") == "secret word");
  CHECK(*resolve_variable("  ${ JMXBRIDGE_TEST_A }\t") == "secret word");
}

TEST_CASE("variables: anything else is literal", "[config]") {
  const Variable variable("JMXBRIDGE_TEST_A", "x");
  for (const char* text : {"", "a", " a ", "${}", "$JMXBRIDGE_TEST_A", "a${JMXBRIDGE_TEST_A}",
                           "${JMXBRIDGE_TEST_A}b", "${JMXBRIDGE_TEST_A", "{JMXBRIDGE_TEST_A}"}) {
    INFO(text);
    CHECK(*resolve_variable(text) == text);
  }
}

TEST_CASE("variables: a variable without name, value or content is an error", "[config]") {
  const Variable empty("JMXBRIDGE_TEST_EMPTY", " \t");
  CHECK(resolve_variable("${ }").error().text == "the variable has no name; write ${NAME}");
  CHECK(resolve_variable("${JMXBRIDGE_TEST_UNSET}").error().text ==
        "the environment variable JMXBRIDGE_TEST_UNSET is not set; set it or correct its name");
  CHECK(resolve_variable("${JMXBRIDGE_TEST_EMPTY}").error().text ==
        "the environment variable JMXBRIDGE_TEST_EMPTY is empty; give it a value");
  CHECK_FALSE(resolve_variable("${A}b}"));
  CHECK(resolve_variable("${JMXBRIDGE_TEST_UNSET:-s3cret}").error().text ==
        "a variable takes no default here; write ${NAME}, and set NAME in the environment");
}

}  // namespace jmxbridge
