#include "jni/portable_source.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <functional>
#include <utility>
#include <vector>

#include "base/log.h"
#include "jni/bean_takers.h"
#include "jni/reading.h"

namespace jmxbridge {
namespace {

using Ref = std::shared_ptr<const GlobalRef>;

/// Names are fetched from the Java side so many bytes at a time, or more where one is longer.
constexpr std::size_t kNameRoom = 64 * 1024;

void put_number(std::uint32_t number, std::string& out) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift);
}

void put_text(std::string_view text, std::string& out) {
  put_number(static_cast<std::uint32_t>(text.size()), out);
  out += text;
}

/// What io.jmxbridge.Plan reads.
void put_bean(const ObjectName& name, bool watched, std::span<const std::string> attributes,
              std::string& out) {
  put_text(name.text(), out);
  out += watched ? '\1' : '\0';
  const std::size_t size_at = out.size();
  put_number(0, out);
  put_number(static_cast<std::uint32_t>(attributes.size()), out);
  for (const std::string& attribute : attributes) put_text(attribute, out);
  std::string size;
  put_number(static_cast<std::uint32_t>(out.size() - size_at - 4), size);
  out.replace(size_at, size.size(), size);
}

jobject wrap(JNIEnv& env, std::string& bytes) {
  return env.NewDirectByteBuffer(bytes.data(), static_cast<jlong>(bytes.size()));
}

/// Takes a big-endian number off the front; nothing past the end.
std::optional<std::uint32_t> take_number(std::string_view& bytes) {
  if (bytes.size() < 4) return std::nullopt;
  std::uint32_t number = 0;
  for (const char c : bytes.substr(0, 4)) number = number << 8 | static_cast<std::uint8_t>(c);
  bytes.remove_prefix(4);
  return number;
}

std::optional<std::string_view> take_text(std::string_view& bytes) {
  const std::optional<std::uint32_t> size = take_number(bytes);
  if (!size || *size > bytes.size()) return std::nullopt;
  const std::string_view text = bytes.substr(0, *size);
  bytes.remove_prefix(*size);
  return text;
}

Changes unknown_changes() {
  Changes changes;
  changes.unknown = true;
  return changes;
}

/// Reads what io.jmxbridge.ChangeList wrote.
Changes read_changes(std::string_view bytes) {
  Changes changes;
  while (!bytes.empty()) {
    const bool registered = bytes.front() != 0;
    bytes.remove_prefix(1);
    const std::optional<std::string_view> text = take_text(bytes);
    Result<ObjectName> name = text ? ObjectName::parse(*text) : fail("the list is cut off");
    if (!name) {
      log::debug("A change of the target's MBeans cannot be read: {}",
                 printable(name.error().text));
      return unknown_changes();
    }
    changes.list.push_back({registered, std::move(*name)});
  }
  return changes;
}

Result<Changes> ask_changes(JNIEnv& env, const JavaSession& session, std::int64_t number,
                            std::size_t limit, Deadline deadline) {
  auto bytes = static_cast<jbyteArray>(env.CallObjectMethod(
      session.object(), session.runtime()->api().session_changes, static_cast<jint>(limit),
      static_cast<jlong>(number), to_java_nanos(deadline)));
  if (env.ExceptionCheck()) return fail(session.take_error(env, deadline));
  if (bytes == nullptr) return unknown_changes();
  return read_changes(from_java_bytes(env, bytes));
}

/// Takes so many names, as io.jmxbridge.Session.names() wrote them.
void take_names(std::string_view bytes, jint count, std::vector<ObjectName>& names) {
  for (jint i = 0; i < count; i++) {
    const std::optional<std::string_view> name = take_text(bytes);
    if (!name) return;
    Result<ObjectName> parsed = ObjectName::parse(*name);
    if (parsed) {
      names.push_back(std::move(*parsed));
    } else {
      log::debug("An MBean is left out, its name cannot be read: {}", printable(*name));
    }
  }
}

/// Takes over an ObjectName[] of the Java side. A name of more than `limit` bytes is left out;
/// nothing with a pending exception on failure.
std::optional<std::vector<ObjectName>> read_names(JNIEnv& env, const JavaApi& api,
                                                  jobjectArray found, std::size_t limit) {
  const jint count = env.GetArrayLength(found);
  std::vector<ObjectName> names;
  names.reserve(static_cast<std::size_t>(count));
  std::string room(kNameRoom, '\0');
  for (jint at = 0; at < count;) {
    jobject buffer = wrap(env, room);
    if (buffer == nullptr) return std::nullopt;
    const jint written = env.CallStaticIntMethod(api.session, api.session_names, found, at, buffer);
    env.DeleteLocalRef(buffer);
    if (env.ExceptionCheck()) return std::nullopt;
    take_names(room, written, names);
    at += written;
    if (written > 0) continue;
    if (room.size() < limit) {
      room.resize(2 * room.size());
    } else {
      log::debug("An MBean is left out, its name has more than {} bytes", limit);
      ++at;
    }
  }
  return names;
}

Result<std::vector<ObjectName>> ask_names(JNIEnv& env, const JavaSession& session,
                                          const std::string& pattern, std::int64_t number,
                                          std::size_t limit, Deadline deadline) {
  const JavaApi& api = session.runtime()->api();
  jbyteArray text = to_java_bytes(env, pattern);
  jobjectArray found = nullptr;
  if (text != nullptr) {
    found = static_cast<jobjectArray>(env.CallObjectMethod(session.object(), api.session_query,
                                                           text, static_cast<jlong>(number),
                                                           to_java_nanos(deadline)));
  }
  if (env.ExceptionCheck()) return fail(session.take_error(env, deadline));
  std::optional<std::vector<ObjectName>> names = read_names(env, api, found, limit);
  if (!names) return fail(session.take_error(env, deadline));
  return std::move(*names);
}

Result<Ref> make_describe_run(JNIEnv& env, const JavaSession& session, std::string& encoded) {
  jobject buffer = wrap(env, encoded);
  jobject run = nullptr;
  if (buffer != nullptr) {
    run = env.CallObjectMethod(session.object(), session.runtime()->api().session_describe, buffer);
  }
  if (env.ExceptionCheck()) return fail(session.take_error(env, Deadline::max()));
  return Ref(std::make_shared<const GlobalRef>(session.runtime(), env, run));
}

/// The Java side's plan of a list, and a run of it.
struct PlannedRun {
  Ref plan;
  Ref run;
};

/// Makes a run, and first the plan if it is not there.
Result<PlannedRun> make_fetch_run(JNIEnv& env, const JavaSession& session, const ReadList& reads,
                                  std::chrono::milliseconds lost_rest, Ref plan) {
  const JavaApi& api = session.runtime()->api();
  if (!plan) {
    std::string encoded;
    put_number(static_cast<std::uint32_t>(lost_rest.count()), encoded);
    put_number(static_cast<std::uint32_t>(reads.size()), encoded);
    for (const BeanRead& read : reads) {
      put_bean(read.name, read.watch_info, read.attributes, encoded);
    }
    jobject buffer = wrap(env, encoded);
    jobject made = nullptr;
    if (buffer != nullptr) made = env.CallObjectMethod(session.object(), api.session_plan, buffer);
    if (env.ExceptionCheck()) return fail(session.take_error(env, Deadline::max()));
    plan = std::make_shared<const GlobalRef>(session.runtime(), env, made);
  }
  jobject run = env.CallObjectMethod(session.object(), api.session_fetch, plan->get());
  if (env.ExceptionCheck()) return fail(session.take_error(env, Deadline::max()));
  return PlannedRun{plan, std::make_shared<const GlobalRef>(session.runtime(), env, run)};
}

}  // namespace

PortableSource::PortableSource(std::shared_ptr<JavaSession> session,
                               std::shared_ptr<LanePool> lanes, const Limits& limits,
                               const SourceTimes& times)
    : session_(std::move(session)),
      keeper_(std::make_shared<SessionKeeper>(session_, times.keep_alive)),
      lanes_(std::move(lanes)),
      limits_(limits),
      lost_rest_(times.lost_rest) {}

asio::awaitable<Result<Changes>> PortableSource::changes(Deadline deadline) {
  asio::any_io_executor executor = co_await asio::this_coro::executor;
  keeper_->note_call(executor);
  JavaSession::Call call(*session_, executor, deadline);
  std::function<Result<Changes>(JNIEnv&)> work =
      [session = session_, number = call.number(), deadline,
       limit = std::min<std::size_t>(limits_.answer_bytes, 1u << 30)](JNIEnv& env) {
        return ask_changes(env, *session, number, limit, deadline);
      };
  co_return co_await session_->run<Changes>(call, JavaRuntime::Work::kRead, std::move(work));
}

asio::awaitable<Result<std::vector<ObjectName>>> PortableSource::query(const ObjectName& pattern,
                                                                       Deadline deadline) {
  asio::any_io_executor executor = co_await asio::this_coro::executor;
  keeper_->note_call(executor);
  JavaSession::Call call(*session_, executor, deadline);
  std::function<Result<std::vector<ObjectName>>(JNIEnv&)> work =
      [session = session_, number = call.number(), deadline, limit = limits_.answer_bytes,
       text = std::string(pattern.text())](JNIEnv& env) {
        return ask_names(env, *session, text, number, limit, deadline);
      };
  co_return co_await session_->run<std::vector<ObjectName>>(call, JavaRuntime::Work::kRead,
                                                            std::move(work));
}

asio::awaitable<Result<void>> PortableSource::describe(std::span<const ObjectName> names,
                                                       DescribeSink& sink, Deadline deadline) {
  if (names.empty()) co_return Result<void>();
  asio::any_io_executor executor = co_await asio::this_coro::executor;
  keeper_->note_call(executor);
  JavaSession::Call call(*session_, executor, deadline);
  DescribeTaker taker(sink);
  const auto encoded = std::make_shared<std::string>();
  put_number(static_cast<std::uint32_t>(lost_rest_.count()), *encoded);
  put_number(static_cast<std::uint32_t>(names.size()), *encoded);
  for (const ObjectName& name : names) put_bean(name, false, {}, *encoded);
  std::function<Result<Ref>(JNIEnv&)> work = [session = session_, encoded](JNIEnv& env) {
    return make_describe_run(env, *session, *encoded);
  };
  Result<Ref> run = co_await session_->run<Ref>(call, JavaRuntime::Work::kRead, std::move(work));
  if (!run) {
    for (std::uint32_t i = 0; i < names.size(); i++) {
      taker.unanswered(i, BeanOutcome::kUnanswered);
    }
    co_return fail(std::move(run.error()));
  }
  Reading reading(session_, call, *lanes_, std::move(*run),
                  static_cast<std::uint32_t>(names.size()), taker);
  co_return co_await reading.read();
}

asio::awaitable<Result<void>> PortableSource::fetch(std::shared_ptr<const ReadList> reads,
                                                    FetchSink& sink, Deadline deadline) {
  if (reads->empty()) co_return Result<void>();
  asio::any_io_executor executor = co_await asio::this_coro::executor;
  keeper_->note_call(executor);
  JavaSession::Call call(*session_, executor, deadline);
  FetchTaker taker(*reads, sink);
  if (planned_ != reads) plan_ = nullptr;
  std::function<Result<PlannedRun>(JNIEnv&)> work = [session = session_, reads, rest = lost_rest_,
                                                     plan = plan_](JNIEnv& env) {
    return make_fetch_run(env, *session, *reads, rest, plan);
  };
  Result<PlannedRun> planned =
      co_await session_->run<PlannedRun>(call, JavaRuntime::Work::kRead, std::move(work));
  if (!planned) {
    for (std::uint32_t i = 0; i < reads->size(); i++) {
      taker.unanswered(i, BeanOutcome::kUnanswered);
    }
    co_return fail(std::move(planned.error()));
  }
  plan_ = planned->plan;
  planned_ = reads;
  Reading reading(session_, call, *lanes_, planned->run, static_cast<std::uint32_t>(reads->size()),
                  taker);
  co_return co_await reading.read();
}

void PortableSource::abort() { session_->abort(); }

}  // namespace jmxbridge
