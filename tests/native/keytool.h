#pragma once

#include <filesystem>
#include <string>

namespace jmxbridge::test {

/// Stores that the JDK's keytool makes, in a folder that is gone with this.
class StoreFolder {
 public:
  static constexpr const char* kPassword = "changeit";

  explicit StoreFolder(const std::string& name);
  ~StoreFolder();
  StoreFolder(const StoreFolder&) = delete;
  StoreFolder& operator=(const StoreFolder&) = delete;

  std::string path(const std::string& name) const { return folder_ / name; }

  /// Runs keytool with these arguments on the store of this name, whose password is kPassword;
  /// throws if that fails.
  void keytool(const std::string& store, const std::string& arguments,
               const std::string& type = "PKCS12") const;

 private:
  std::filesystem::path folder_;
};

}  // namespace jmxbridge::test
