#include "otlp/curl_library.h"

#include <dlfcn.h>

#include <string>
#include <type_traits>

namespace jmxbridge {
namespace {

constexpr const char* kLibrary = "libcurl.so.4";

std::string last_error() {
  const char* const text = ::dlerror();
  return text == nullptr ? "no reason given" : text;
}

Result<CurlLibrary> open_library() {
  void* const library = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return fail("libcurl cannot be opened (" + last_error() + "); install the package libcurl4");
  }
  bool is_whole = true;
  const auto find = [&](auto& function, const char* name) {
    function =
        reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(library, name));
    is_whole = is_whole && function != nullptr;
  };
  CurlLibrary curl;
  find(curl.easy_cleanup, "curl_easy_cleanup");
  find(curl.easy_getinfo, "curl_easy_getinfo");
  find(curl.easy_init, "curl_easy_init");
  find(curl.easy_perform, "curl_easy_perform");
  find(curl.easy_setopt, "curl_easy_setopt");
  find(curl.easy_strerror, "curl_easy_strerror");
  find(curl.global_init, "curl_global_init");
  find(curl.multi_add_handle, "curl_multi_add_handle");
  find(curl.multi_cleanup, "curl_multi_cleanup");
  find(curl.multi_info_read, "curl_multi_info_read");
  find(curl.multi_init, "curl_multi_init");
  find(curl.multi_perform, "curl_multi_perform");
  find(curl.multi_poll, "curl_multi_poll");
  find(curl.multi_remove_handle, "curl_multi_remove_handle");
  find(curl.multi_wakeup, "curl_multi_wakeup");
  find(curl.slist_append, "curl_slist_append");
  find(curl.slist_free_all, "curl_slist_free_all");
  if (!is_whole || curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return fail(std::string(kLibrary) + " lacks a function; install libcurl4 7.87 or newer");
  }
  return curl;
}

}  // namespace

Result<const CurlLibrary*> CurlLibrary::open() {
  static const Result<CurlLibrary> library = open_library();
  if (!library) return fail(library.error().text);
  return &*library;
}

}  // namespace jmxbridge
