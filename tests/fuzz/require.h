#pragma once

#include <cstdio>
#include <cstdlib>

/// Ends the process as a crash, which is how a fuzz target reports a broken property.
#define JMXBRIDGE_REQUIRE_PROPERTY(condition)                                               \
  do {                                                                                      \
    if (!(condition)) {                                                                     \
      std::fprintf(stderr, "%s:%d: broken property: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                         \
    }                                                                                       \
  } while (false)
