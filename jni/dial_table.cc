#include "jni/dial_table.h"

#include <exception>
#include <string>
#include <utility>

#include "jni/refs.h"

namespace jmxbridge {
namespace {

/// Session.dial: addresses, one a line, or `!` and a sentence.
jbyteArray JNICALL dial(JNIEnv* env, jclass, jlong table, jlong id, jbyteArray host, jint port) {
  std::string answer;
  try {
    const DialTable& dials = *reinterpret_cast<const DialTable*>(table);
    const std::string name = from_java_bytes(*env, host);
    if (port <= 0 || port > 0xffff) {
      answer = "!the port is outside 1 to 65535";
    } else {
      const Result<std::vector<std::string>> addresses =
          dials.ask(id, name, static_cast<std::uint16_t>(port));
      if (addresses) {
        for (const std::string& address : *addresses) answer += address + '\n';
      } else {
        answer = '!' + addresses.error().text;
      }
    }
  } catch (const std::exception& failure) {
    answer = std::string("!") + failure.what();
  }
  return to_java_bytes(*env, answer);
}

}  // namespace

std::shared_ptr<DialTable::Entry> DialTable::add(Dial dial) {
  const std::lock_guard lock(mutex_);
  const std::int64_t id = next_++;
  dials_.emplace(id, std::make_shared<const Dial>(std::move(dial)));
  return std::make_shared<Entry>(*this, id);
}

Result<void> DialTable::bind(JNIEnv& env, jclass session) {
  std::string name = "dial";
  std::string signature = "(JJ[BI)[B";
  const JNINativeMethod method{name.data(), signature.data(), reinterpret_cast<void*>(&dial)};
  if (env.RegisterNatives(session, &method, 1) != JNI_OK) {
    env.ExceptionClear();
    return fail(
        "jmxbridge.jar does not fit this program, it lacks Session.dial; install both from the "
        "same release");
  }
  return {};
}

Result<std::vector<std::string>> DialTable::ask(std::int64_t id, const std::string& host,
                                                std::uint16_t port) const {
  std::shared_ptr<const Dial> function;
  {
    const std::lock_guard lock(mutex_);
    if (auto found = dials_.find(id); found != dials_.end()) function = found->second;
  }
  if (!function || !*function) return fail("the session is closed");
  return (*function)(host, port);
}

void DialTable::remove(std::int64_t id) {
  const std::lock_guard lock(mutex_);
  dials_.erase(id);
}

}  // namespace jmxbridge
