#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "commands/watched_file.h"
#include "config/http_server_config.h"
#include "config/report.h"
#include "config/web_config.h"
#include "http/access.h"
#include "jni/server_keys.h"

namespace jmxbridge {

/// What is in key stores; blocks.
using ReadServerKeys = std::function<Result<ServerKeys>(const ServerStores&)>;

/// How clients are let in, made of a configuration and of the files that it names.
struct AccessParts {
  /// The error says what is wrong, one finding a line, without a secret.
  Result<Access> access = Access{};
  std::vector<WatchedFile> files;     ///< what it was made of, noted before it was read
  std::vector<std::string> warnings;  ///< sentences
  std::string expired;                ///< that of the certificate that is not valid any more
  std::optional<WebRateLimit> rate;   ///< what `access.rate` was made of
  bool is_empty = false;              ///< the web configuration says nothing at all
};

/// Made of the file's `httpServer`, if it has one. `work` checks slow passwords.
AccessParts access_of(const std::optional<HttpServerConfig>& server, const ReadServerKeys& read,
                      const std::shared_ptr<PasswordWork>& work);

/// Made of a web configuration (`--web.config.file`).
AccessParts access_of_web_config(const std::string& path,
                                 const std::shared_ptr<PasswordWork>& work);

/// The findings about a web configuration and about the files that it names.
Report check_web_config(const std::string& path);

/// Why the two cannot go together, if they cannot: a configuration that says who is let in, and a
/// web configuration beside it.
Result<void> only_one_access(const std::optional<HttpServerConfig>& server,
                             const std::string& web_config);

}  // namespace jmxbridge
