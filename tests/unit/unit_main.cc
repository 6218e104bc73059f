#define CATCH_CONFIG_RUNNER
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  // What a machine has in its environment for daemons of its own is nothing to the tests.
  std::vector<std::string> foreign = {"CREDENTIALS_DIRECTORY"};
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string name = std::string(*each).substr(0, std::string(*each).find('='));
    if (name.starts_with("OTEL_")) foreign.push_back(name);
  }
  for (const std::string& name : foreign) ::unsetenv(name.c_str());
  return Catch::Session().run(argc, argv);
}
