// The JVM lives on SIGSEGV; Catch must not take it.
#define CATCH_CONFIG_NO_POSIX_SIGNALS
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>

// The JVM's threads never end, so the process leaves without running what they may still use.
int main(int argc, char** argv) {
  const int failed = Catch::Session().run(argc, argv);
  std::cout.flush();
  std::fflush(nullptr);
  std::_Exit(failed);
}
