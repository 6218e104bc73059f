#pragma once

#include <string>

#include "folder.h"

namespace jmxbridge::test {

/// Stores that the JDK's keytool makes, in a folder that is gone with this.
class StoreFolder : public Folder {
 public:
  static constexpr const char* kPassword = "changeit";

  /// Runs keytool with these arguments on the store of this name, whose password is kPassword;
  /// throws what it says if that fails.
  void keytool(const std::string& store, const std::string& arguments,
               const std::string& type = "PKCS12") const;
};

}  // namespace jmxbridge::test
