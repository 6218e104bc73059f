#include "jni/java_vm.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <jni.h>
#include <unistd.h>

#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "jni/java_api.h"
#include "jni/java_flags.h"
#include "jni/java_home.h"
#include "jni/java_runtime.h"
#include "jni/refs.h"

namespace jmxbridge {
namespace {

namespace fs = std::filesystem;

using Started = Result<std::shared_ptr<JavaRuntime>>;

/// What the JVM says while it starts, and who waits for it.
struct Start {
  std::promise<Started> promise;
  std::string said;
};

// The JVM's hooks carry no context. While it starts it calls them on the thread that starts it.
thread_local Start* starting = nullptr;
thread_local std::string half_line;

/// Takes in what the JVM would print on stderr; a line at a time goes to the log.
jint JNICALL print_hook(std::FILE*, const char* format, va_list arguments) {
  std::array<char, 1024> text{};
  const int length = std::vsnprintf(text.data(), text.size(), format, arguments);
  if (starting != nullptr) {
    starting->said += text.data();
    return length;
  }
  half_line += text.data();
  for (std::size_t end = half_line.find('\n'); end != std::string::npos;
       end = half_line.find('\n')) {
    log::warn("The embedded JVM says: {}", printable(half_line.substr(0, end)));
    half_line.erase(0, end + 1);
  }
  return length;
}

std::string said_on_one_line(const std::string& said) {
  std::string text;
  for (const char c : said) text += c == '\n' ? ' ' : c;
  while (text.ends_with(' ')) text.pop_back();
  return text.empty() ? "it does not say why" : printable(text);
}

/// The JVM has given up its start. The thread, which holds the JVM's locks, then waits for the end
/// of the process.
[[noreturn]] void report_failed_start() {
  starting->promise.set_value(fail(fmt::format("The JVM could not start: {}; check --java.options",
                                               said_on_one_line(starting->said))));
  for (;;) ::pause();
}

/// The JVM wants the process to end. While it starts that is a failure to report.
void JNICALL exit_hook(jint code) {
  if (starting == nullptr) std::_Exit(code);
  report_failed_start();
}

/// As the JVM ends itself over options that do not go together, or memory that it cannot have.
void JNICALL abort_hook() {
  if (starting != nullptr) report_failed_start();
}

void unset_java_environment() {
  std::string found;
  for (const char* name : {"JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS"}) {
    if (std::getenv(name) == nullptr) continue;
    ::unsetenv(name);
    found += found.empty() ? "" : ", ";
    found += name;
  }
  if (!found.empty()) {
    log::warn(
        "{} is ignored, it is meant for other JVMs; options for the embedded JVM go into "
        "--java.options",
        found);
  }
}

Result<std::string> find_jar(const std::string& given) {
  std::error_code failed;
  if (!given.empty()) {
    if (fs::is_regular_file(given, failed)) return given;
    return fail(fmt::format("There is no {}; install jmxbridge.jar there", printable(given)));
  }
  const fs::path folder = fs::read_symlink("/proc/self/exe", failed).parent_path();
  const fs::path beside = folder / "jmxbridge.jar";
  const fs::path shared = (folder / "../share/jmxbridge/jmxbridge.jar").lexically_normal();
  for (const fs::path& jar : {beside, shared}) {
    if (fs::is_regular_file(jar, failed)) return jar.string();
  }
  return fail(fmt::format("jmxbridge.jar is missing; looked for {} and {}, install it again",
                          beside.string(), shared.string()));
}

std::string find_error_folder(const std::string& given) {
  for (const char* folder :
       {given.c_str(), static_cast<const char*>(std::getenv("STATE_DIRECTORY")),
        static_cast<const char*>(std::getenv("TMPDIR"))}) {
    if (folder != nullptr && *folder != '\0' && ::access(folder, W_OK) == 0) return folder;
  }
  return "/tmp";
}

/// The loaded library's one entry point.
struct Libjvm {
  jint(JNICALL* create)(::JavaVM**, void**, void*) = nullptr;
};

Result<Libjvm> open_libjvm(const JavaHome& home) {
  // Never closed: its threads run until the process ends.
  void* library = ::dlopen(home.libjvm.c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (library == nullptr) {
    const char* why = ::dlerror();
    return fail(
        fmt::format("{} cannot be loaded: {}; install a Java runtime for this machine or "
                    "name one with --java.home",
                    home.libjvm, printable(why == nullptr ? "no reason given" : why)));
  }
  void* function = ::dlsym(library, "JNI_CreateJavaVM");
  if (function == nullptr) {
    return fail(fmt::format("{} is no JVM; name another with --java.home", home.libjvm));
  }
  return Libjvm{reinterpret_cast<decltype(Libjvm::create)>(function)};
}

/// Creates the JVM on this thread, and everything that C++ knows of it.
Started create(const Libjvm& libjvm, std::vector<std::string> flags, Start& start,
               JNIEnv** attached) {
  std::vector<JavaVMOption> options;
  options.push_back({const_cast<char*>("vfprintf"), reinterpret_cast<void*>(&print_hook)});
  options.push_back({const_cast<char*>("exit"), reinterpret_cast<void*>(&exit_hook)});
  options.push_back({const_cast<char*>("abort"), reinterpret_cast<void*>(&abort_hook)});
  for (std::string& flag : flags) options.push_back({flag.data(), nullptr});
  JavaVMInitArgs args{JNI_VERSION_10, static_cast<jint>(options.size()), options.data(), JNI_FALSE};

  ::JavaVM* vm = nullptr;
  void* created = nullptr;
  const jint code = libjvm.create(&vm, &created, &args);
  if (code != JNI_OK) {
    if (code == JNI_EEXIST || start.said.empty()) {
      return fail(
          fmt::format("The JVM could not start (error {}); one can be started in a process", code));
    }
    return fail(fmt::format("The JVM could not start: {}; check --java.options",
                            said_on_one_line(start.said)));
  }
  JNIEnv& env = *static_cast<JNIEnv*>(created);
  *attached = &env;
  const LocalFrame frame(env);
  Result<JavaApi> api = JavaApi::load(env);
  if (!api) return fail(std::move(api.error()));
  if (Result<void> bound = DialTable::bind(env, api->session); !bound) {
    return fail(std::move(bound.error()));
  }
  env.CallStaticVoidMethod(api->jvm, api->jvm_adopt);
  std::string version = from_java_bytes(
      env, static_cast<jbyteArray>(env.CallStaticObjectMethod(api->jvm, api->jvm_version)));
  if (env.ExceptionCheck()) env.ExceptionClear();
  return std::make_shared<JavaRuntime>(vm, *api, std::move(version));
}

}  // namespace

Result<JavaVm> JavaVm::start(const JavaOptions& options) {
  Result<JavaHome> home = find_java_home(JavaSearch::from_environment(options.java_home));
  if (!home) return fail(std::move(home.error()));
  Result<std::string> jar = find_jar(options.jar);
  if (!jar) return fail(std::move(jar.error()));
  Result<Libjvm> libjvm = open_libjvm(*home);
  if (!libjvm) return fail(std::move(libjvm.error()));

  unset_java_environment();
  std::vector<std::string> flags =
      java_flags(*jar, options.targets, find_error_folder(options.error_folder));
  for (std::string& option : split_java_options(options.options)) {
    flags.push_back(std::move(option));
  }

  auto start = std::make_shared<Start>();
  std::future<Started> started = start->promise.get_future();
  // The JVM wants its first thread to be another than the process' first, and keeps it: it becomes
  // the control thread.
  std::thread([start, libjvm = *libjvm, flags = std::move(flags)]() mutable {
    starting = start.get();
    JNIEnv* env = nullptr;
    Started created = create(libjvm, std::move(flags), *start, &env);
    starting = nullptr;
    std::shared_ptr<JavaRuntime> runtime;
    if (created) runtime = *created;
    start->promise.set_value(std::move(created));
    start.reset();
    if (runtime) runtime->serve_control(*env);
  }).detach();
  Started result = started.get();
  if (!result) return fail(std::move(result.error()));
  return JavaVm(std::move(*result));
}

const std::string& JavaVm::version() const { return runtime_->version(); }

std::uint64_t JavaVm::heap_used_bytes() const {
  auto answer = std::make_shared<std::promise<std::uint64_t>>();
  std::future<std::uint64_t> used = answer->get_future();
  runtime_->control([answer, api = &runtime_->api()](JNIEnv& env) {
    answer->set_value(
        static_cast<std::uint64_t>(env.CallStaticLongMethod(api->jvm, api->jvm_heap_used)));
  });
  constexpr std::chrono::milliseconds kPatience{100};
  return used.wait_for(kPatience) == std::future_status::ready ? used.get() : 0;
}

}  // namespace jmxbridge
