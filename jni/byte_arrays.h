#pragma once

#include <jni.h>

#include <memory>
#include <string>
#include <string_view>

namespace jmxbridge {

// Settings and key material cross the border to Java as a byte[][]. No function does anything while
// an exception is pending.

/// Puts a text at a place of the array.
void put_bytes(JNIEnv& env, jobjectArray array, jsize at, std::string_view text);

/// The text at a place; empty for null.
std::string bytes_at(JNIEnv& env, jobjectArray array, jsize at);

/// The secret at a place, which is cleared there; null for null.
std::shared_ptr<const std::string> take_secret(JNIEnv& env, jobjectArray array, jsize at);

}  // namespace jmxbridge
