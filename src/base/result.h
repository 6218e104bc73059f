#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace jmxbridge {

/// What kind of failure an Error is, for the code that decides what to do next.
enum class ErrorKind : std::uint8_t {
  kFailed,     ///< the work failed; the text says why
  kDeadline,   ///< the time given for it ran out
  kAborted,    ///< abort() was called while it was under way
  kSession,    ///< the session is no longer usable: open a new one
  kMalformed,  ///< what came in breaks its format
  kLimit,      ///< a bound was passed
  kLogin,      ///< user and password were refused: the same ones will be again
};

/// A failure as a value. `text` is one sentence for the user: what happened and what to do next.
struct Error {
  ErrorKind kind = ErrorKind::kFailed;
  std::string text;
};

/// Wraps an error on its way into a Result, like std::unexpected.
template <class E>
struct Unexpected {
  E error;
};

inline Unexpected<Error> fail(std::string text) { return {{ErrorKind::kFailed, std::move(text)}}; }
inline Unexpected<Error> fail(ErrorKind kind, std::string text) {
  return {{kind, std::move(text)}};
}
inline Unexpected<Error> fail(Error error) { return {std::move(error)}; }

/// A value or the error that stands in its place; the names are those of C++23's std::expected.
/// Reading the side that is not there is a programming error (asserted).
template <class T, class E = Error>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  using error_type = E;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Unexpected<E> error) : state_(std::in_place_index<1>, std::move(error.error)) {}

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  T& value() & {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }
  T&& value() && { return std::move(value()); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  E& error() & {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }
  const E& error() const& {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }
  E&& error() && { return std::move(error()); }

 private:
  std::variant<T, E> state_;
};

/// The same for work that yields nothing but success: `Result<void> r = {};` is success.
template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  using value_type = void;
  using error_type = E;

  Result() = default;
  Result(Unexpected<E> error) : error_(std::move(error.error)), failed_(true) {}

  bool has_value() const noexcept { return !failed_; }
  explicit operator bool() const noexcept { return !failed_; }

  E& error() & {
    assert(failed_);
    return error_;
  }
  const E& error() const& {
    assert(failed_);
    return error_;
  }
  E&& error() && { return std::move(error()); }

 private:
  E error_{};
  bool failed_ = false;
};

}  // namespace jmxbridge
