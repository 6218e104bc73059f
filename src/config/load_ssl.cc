#include <fmt/format.h>

#include <array>
#include <utility>

#include "config/coerced.h"
#include "config/load_parts.h"
#include "config/password_file.h"
#include "config/variables.h"

namespace jmxbridge {
namespace {

constexpr std::array<std::string_view, 4> kTargetStoreKeys = {"filename", "type", "password",
                                                              "passwordFile"};
constexpr std::array<std::string_view, 6> kSslKeys = {"enabled",   "keyStore", "trustStore",
                                                      "protocols", "ciphers",  "verifyHostName"};

void load_password(const Section& store, StoreConfig& config) {
  config.password_file = load_password_file(store);
  const std::optional<std::string> text = store.text("password", Show::kKindOnly);
  if (!text || config.password_file) return;
  Result<std::string> resolved = resolve_variable(*text);
  if (resolved) {
    config.password = std::move(*resolved);
  } else {
    store.error(store.find("password")->mark, "password", resolved.error().text);
  }
}

std::optional<StoreConfig> load_store(const Section& ssl, std::string_view key) {
  const YamlNode* node = ssl.find(key);
  if (node == nullptr || node->type == YamlType::kNull) return std::nullopt;
  if (node->type != YamlType::kMapping) {
    ssl.wrong(key, *node, "a map with filename, type and password", Show::kKindOnly);
    return std::nullopt;
  }
  const Section section(*node, ssl.path_of(key), ssl.report());
  section.expect_keys(kTargetStoreKeys);
  StoreConfig store;
  store.mark = node->mark;
  store.filename = section.text("filename");
  store.type = section.text("type");
  load_password(section, store);
  for (const auto& [name, value] :
       {std::pair("filename", &store.filename), std::pair("type", &store.type)}) {
    const YamlNode* given = node->find(name);
    if (*value || (given != nullptr && given->type != YamlType::kNull)) continue;
    section.warning(node->mark, name,
                    "this is missing, so no session can be opened; give the store's filename and "
                    "type, such as PKCS12");
  }
  return store;
}

// A list, or a text with commas.
std::vector<std::string> load_words(const Section& ssl, std::string_view key) {
  std::vector<std::string> words;
  const YamlNode* node = ssl.find(key);
  if (node == nullptr || node->type == YamlType::kNull) return words;
  const auto add = [&words](std::string_view word) {
    if (const std::string_view trimmed = trim(word); !trimmed.empty()) words.emplace_back(trimmed);
  };
  if (node->type == YamlType::kString) {
    std::string_view rest = node->text;
    while (true) {
      const std::size_t comma = rest.find(',');
      add(rest.substr(0, comma));
      if (comma == std::string_view::npos) return words;
      rest.remove_prefix(comma + 1);
    }
  }
  if (node->type != YamlType::kSequence) {
    ssl.wrong(key, *node, "a list of names, or one text with commas");
    return words;
  }
  for (std::size_t i = 0; i < node->items.size(); ++i) {
    const YamlNode& item = *node->items[i];
    if (item.type == YamlType::kString) {
      add(item.text);
    } else {
      ssl.wrong(element_path(key, i), item, "a name; put it in quotes");
    }
  }
  return words;
}

}  // namespace

void load_ssl(const Section& top, CollectorConfig& config) {
  const YamlNode* node = top.find("ssl");
  if (node == nullptr) return;
  config.ssl_config.mark = node->mark;
  if (node->type == YamlType::kBool) config.ssl = node->boolean;
  if (node->type != YamlType::kMapping) return;

  const Section ssl(*node, "ssl", top.report());
  ssl.expect_keys(kSslKeys);
  config.ssl = ssl.boolean("enabled").value_or(false);
  // Nothing of a part that is off is looked at, as nothing of it has an effect.
  if (!config.ssl) return;
  config.ssl_config.key_store = load_store(ssl, "keyStore");
  config.ssl_config.trust_store = load_store(ssl, "trustStore");
  config.ssl_config.protocols = load_words(ssl, "protocols");
  config.ssl_config.protocols_mark = ssl.key_mark("protocols");
  config.ssl_config.ciphers = load_words(ssl, "ciphers");
  config.ssl_config.ciphers_mark = ssl.key_mark("ciphers");
  config.ssl_config.verify_host_name = ssl.boolean("verifyHostName");
}

}  // namespace jmxbridge
