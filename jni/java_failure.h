#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jmxbridge {

/// One exception of a chain: its class and its message, as the target or the JVM gave them.
struct JavaCause {
  std::string type;
  std::string message;
};

/// What an exception that came out of the Java side says, before it is made a sentence.
struct JavaFailure {
  enum class Stage : std::uint8_t { kLookup, kLogin, kOpen };

  Stage stage = Stage::kOpen;
  std::string peer_host;  ///< who was connected to last; empty: nobody
  std::uint16_t peer_port = 0;
  int greeting = -1;              ///< the first byte that the peer sent, or -1
  std::vector<JavaCause> causes;  ///< outermost first

  /// Reads what the Java side wrote: fields with NUL between.
  static JavaFailure parse(std::string_view text);

  /// True if an exception of this class, or of one whose name ends so, is in the chain.
  bool has(std::string_view type) const;
  /// The outermost cause of such a class; null if there is none.
  const JavaCause* find(std::string_view type) const;
  /// The innermost cause; an empty one if there is none.
  const JavaCause& innermost() const;
};

}  // namespace jmxbridge
