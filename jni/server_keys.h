#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "jni/java_vm.h"

namespace jmxbridge {

/// The stores that the daemon's own port speaks TLS with, of any type that the JVM reads.
struct ServerStores {
  struct Store {
    std::string filename;
    std::optional<std::string> type;  ///< absent: the JVM's default
    std::string password;
  };

  Store keys;
  std::optional<std::string> alias;  ///< of the key to take; absent: the one of the best kind
  std::optional<Store> trusted;      ///< whose clients are let in
};

/// What is in them, as PEM text.
struct ServerKeys {
  std::string certificates;                ///< the own one first
  std::shared_ptr<const std::string> key;  ///< PKCS#8, wiped at its end
  std::string authorities;                 ///< empty without `trusted`
  std::string alias;                       ///< of the key that was taken
};

/// Reads the stores through the JVM. Blocks until that is done or the time is over. The error is a
/// sentence that names the store and what to do, never a secret.
Result<ServerKeys> read_server_keys(const JavaVm& java, const ServerStores& stores,
                                    std::chrono::milliseconds within);

}  // namespace jmxbridge
