// The JVM lives on SIGSEGV; Catch must not take it.
#define CATCH_CONFIG_NO_POSIX_SIGNALS
#define CATCH_CONFIG_RUNNER
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "folder.h"

// The JVM's threads never end, so the process leaves without running what they may still use, by
// the call at which what the sanitizers have reported counts. What the tests keep to the end in
// folders of their own goes with the one around them.
int main(int argc, char** argv) {
  int failed = 0;
  {
    const jmxbridge::Folder folder;
    ::setenv("TMPDIR", folder.path().c_str(), 1);
    failed = Catch::Session().run(argc, argv);
  }
  std::cout.flush();
  std::fflush(nullptr);
  ::_exit(failed);
}
