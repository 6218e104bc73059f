#pragma once

namespace jmxbridge::test {

/// How many of `count` random cases are tried: a tenth where sanitizers slow the build down about
/// tenfold.
constexpr int random_cases(int count) {
#ifdef JMXBRIDGE_SANITIZED
  return count / 10;
#else
  return count;
#endif
}

}  // namespace jmxbridge::test
