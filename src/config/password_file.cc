#include "config/password_file.h"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "base/log.h"
#include "base/text_file.h"
#include "config/coerced.h"

namespace jmxbridge {
namespace {

/// Larger than any password.
constexpr std::size_t kLargest = 64 * 1024;
constexpr std::string_view kCredentials = "${CREDENTIALS_DIRECTORY}/";

Result<std::string> path_of(std::string_view name, const std::string& config_file) {
  if (name.starts_with(kCredentials)) {
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (folder == nullptr || *folder == '\0') {
      return fail(
          "systemd gave the daemon no credentials; add LoadCredential= to its unit, or name a "
          "file");
    }
    return fmt::format("{}/{}", folder, name.substr(kCredentials.size()));
  }
  const std::size_t slash = config_file.rfind('/');
  if (name.starts_with('/') || slash == std::string::npos) return std::string(name);
  return fmt::format("{}/{}", config_file.substr(0, slash), name);
}

}  // namespace

Result<std::string> read_password_file(std::string_view name, const std::string& config_file) {
  const Result<std::string> path = path_of(name, config_file);
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

std::optional<std::string> password_of_file(const Section& section) {
  constexpr std::string_view kKey = "passwordFile";
  const std::optional<std::string> name = coerced_text(section, kKey);
  if (!name) return std::nullopt;
  if (section.find("password") != nullptr) {
    section.error(section.key_mark(kKey), kKey, "password is given as well; keep one of the two");
    return std::string();
  }
  Result<std::string> password = read_password_file(*name, section.report().file());
  if (password) return std::move(*password);
  section.error(section.find(kKey)->mark, kKey, password.error().text);
  return std::string();
}

}  // namespace jmxbridge
