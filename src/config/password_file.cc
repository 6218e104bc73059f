#include "config/password_file.h"

#include <fmt/format.h>

#include <cstdlib>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "base/text_file.h"
#include "config/coerced.h"
#include "config/section.h"

namespace jmxbridge {
namespace {

/// Larger than any password.
constexpr std::size_t kLargest = 64 * 1024;
constexpr std::string_view kCredentials = "${CREDENTIALS_DIRECTORY}/";

}  // namespace

Result<std::string> path_of(const PasswordFile& file) {
  const std::string_view name = file.name;
  if (name.starts_with(kCredentials)) {
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (folder == nullptr || *folder == '\0') {
      return fail(
          "systemd gave the daemon no credentials; add LoadCredential= to its unit, or name a "
          "file");
    }
    return fmt::format("{}/{}", folder, name.substr(kCredentials.size()));
  }
  const std::size_t slash = file.config_file.rfind('/');
  if (name.starts_with('/') || slash == std::string::npos) return file.name;
  return fmt::format("{}/{}", file.config_file.substr(0, slash), name);
}

Result<std::string> read_password(const PasswordFile& file) {
  const Result<std::string> path = path_of(file);
  if (!path) return fail(path.error());
  Result<std::string> text = read_text_file(*path, kLargest);
  if (!text) return fail(fmt::format("{}: {}", printable(*path), text.error().text));
  if (text->size() > kLargest) {
    return fail(
        fmt::format("{}: the file is too large for a password; name another", printable(*path)));
  }
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  if (text->empty()) {
    return fail(fmt::format("{}: the file is empty; write the password into it", printable(*path)));
  }
  return text;
}

std::optional<PasswordFile> load_password_file(const Section& section) {
  constexpr std::string_view kKey = "passwordFile";
  std::optional<std::string> name = coerced_text(section, kKey);
  if (!name) return std::nullopt;
  PasswordFile file{std::move(*name), section.report().file()};
  if (section.find("password") != nullptr) {
    section.error(section.key_mark(kKey), kKey, "password is given as well; keep one of the two");
    return file;
  }
  const Result<std::string> password = read_password(file);
  if (!password) section.error(section.find(kKey)->mark, kKey, password.error().text);
  return file;
}

}  // namespace jmxbridge
