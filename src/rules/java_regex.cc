#define PCRE2_CODE_UNIT_WIDTH 8
#include "rules/java_regex.h"

#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <limits>
#include <mutex>
#include <utility>

#include "rules/java_regex_translate.h"

namespace jmxbridge {
namespace {

// Bounds on one match: steps, and memory where the JIT is not available. One step can run over the
// whole text, so what counts on all but short texts is the product of both; where that leaves fewer
// steps than harmless patterns need, which go over the text once, a full match is bounded by time.
constexpr std::size_t kFullSteps = 5'000'000;
constexpr std::size_t kFullWork = 1'000'000'000;
constexpr std::size_t kLongText = 2'000;
constexpr std::size_t kQuickSteps = 5'000;
constexpr std::size_t kQuickWork = 100'000'000;
constexpr std::chrono::milliseconds kPatience{250};
constexpr std::uint32_t kDepthLimit = 100'000;
constexpr std::uint32_t kHeapLimitKib = 16 * 1024;
constexpr std::size_t kJitStackStart = 32 * 1024;
constexpr std::size_t kJitStackMost = 1024 * 1024;
constexpr std::uint32_t kParenthesesLimit = 4 * kRegexMaxDepth;

constexpr std::string_view kBefore = "^.*(?:";
constexpr std::string_view kAfter = ").*$";

std::uint32_t most_steps(JavaRegex::Effort effort, std::size_t text) {
  const bool is_full = effort == JavaRegex::Effort::kFull;
  const std::size_t work = is_full ? kFullWork : kQuickWork;
  const std::size_t steps = is_full ? kFullSteps : kQuickSteps;
  return static_cast<std::uint32_t>(std::min(steps, work / std::max<std::size_t>(text, 1)));
}

bool is_long(std::string_view text) { return text.size() > kLongText; }

bool has_line_end(std::string_view text) {
  constexpr std::size_t kNowhere = std::string_view::npos;
  return text.find_first_of("\n\r") != kNowhere || text.find("\u0085") != kNowhere ||
         text.find("\u2028") != kNowhere || text.find("\u2029") != kNowhere;
}

std::atomic<std::uint64_t>& run_count() {
  static std::atomic<std::uint64_t> count{0};
  return count;
}

/// What a thread needs to match, whatever the pattern; kept from match to match.
class MatchMemory {
 public:
  MatchMemory() : context_(pcre2_match_context_create(nullptr)) {
    pcre2_set_depth_limit(context_, kDepthLimit);
    pcre2_set_heap_limit(context_, kHeapLimitKib);
    jit_stack_ = pcre2_jit_stack_create(kJitStackStart, kJitStackMost, nullptr);
    pcre2_jit_stack_assign(context_, nullptr, jit_stack_);
    pcre2_set_callout(context_, &is_over, &end_);
  }
  ~MatchMemory() {
    pcre2_match_data_free(data_);
    pcre2_jit_stack_free(jit_stack_);
    pcre2_match_context_free(context_);
  }
  MatchMemory(const MatchMemory&) = delete;
  MatchMemory& operator=(const MatchMemory&) = delete;

  /// For a pattern without callouts.
  pcre2_match_context* bounded_by(std::uint32_t steps) {
    pcre2_set_match_limit(context_, steps);
    return context_;
  }
  /// For a pattern with callouts.
  pcre2_match_context* bounded_by(std::chrono::milliseconds time) {
    pcre2_set_match_limit(context_, std::numeric_limits<std::uint32_t>::max());
    end_ = std::chrono::steady_clock::now() + time;
    return context_;
  }

  pcre2_match_data* data(std::uint32_t pairs) {
    if (data_ == nullptr || pcre2_get_ovector_count(data_) < pairs) {
      pcre2_match_data_free(data_);
      data_ = pcre2_match_data_create(pairs, nullptr);
    }
    return data_;
  }

 private:
  static int is_over(pcre2_callout_block*, void* end) {
    const auto now = std::chrono::steady_clock::now();
    return now > *static_cast<std::chrono::steady_clock::time_point*>(end) ? PCRE2_ERROR_MATCHLIMIT
                                                                           : 0;
  }

  std::chrono::steady_clock::time_point end_;
  pcre2_match_context* context_ = nullptr;
  pcre2_jit_stack* jit_stack_ = nullptr;
  pcre2_match_data* data_ = nullptr;
};

/// A pattern that PCRE2 has compiled.
class CompiledPattern {
 public:
  /// Compiles a translated pattern. Where the JIT is not available, the interpreter serves under
  /// the same limits.
  static Result<CompiledPattern, RegexError> compile(const std::string& translated,
                                                     std::uint32_t options = 0) {
    const std::unique_ptr<pcre2_compile_context, decltype(&pcre2_compile_context_free)> context(
        pcre2_compile_context_create(nullptr), pcre2_compile_context_free);
    pcre2_set_parens_nest_limit(context.get(), kParenthesesLimit);
    int code = 0;
    PCRE2_SIZE offset = 0;
    CompiledPattern pattern(
        pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(),
                      options | PCRE2_UTF | PCRE2_ANCHORED | PCRE2_NEVER_BACKSLASH_C, &code,
                      &offset, context.get()));
    if (!pattern.code_) {
      PCRE2_UCHAR message[256] = {};
      pcre2_get_error_message(code, message, sizeof message);
      return Unexpected<RegexError>{
          {RegexRefusal::kTooLong, 0,
           fmt::format("it is too large once compiled ({}): split the rule",
                       reinterpret_cast<const char*>(message))}};
    }
    pcre2_jit_compile(pattern.code_.get(), PCRE2_JIT_COMPLETE);
    return pattern;
  }

  /// Matches the whole text: the number of groups that count, or an error of PCRE2.
  int run(std::string_view text, pcre2_match_data* data, pcre2_match_context* context) const {
    const auto match = [&](std::uint32_t options) {
      return pcre2_match(code_.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0,
                         options | PCRE2_NO_UTF_CHECK, data, context);
    };
    const int result = match(0);
    return result == PCRE2_ERROR_JIT_STACKLIMIT ? match(PCRE2_NO_JIT) : result;
  }

  std::size_t size() const {
    std::size_t code = 0;
    std::size_t jit = 0;
    pcre2_pattern_info(code_.get(), PCRE2_INFO_SIZE, &code);
    pcre2_pattern_info(code_.get(), PCRE2_INFO_JITSIZE, &jit);
    return code + jit;
  }

 private:
  explicit CompiledPattern(pcre2_code* code) : code_(code, pcre2_code_free) {}
  std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)> code_;
};

}  // namespace

struct JavaRegex::Code {
  CompiledPattern stepped;
  std::string translated;
  std::uint32_t groups = 0;
  bool takes_line_end = true;
  std::once_flag timed_once;
  std::optional<CompiledPattern> timed_pattern;

  /// With callouts, which look at the clock and cost time: compiled for the first text that needs
  /// it.
  const std::optional<CompiledPattern>& timed() {
    std::call_once(timed_once, [this] {
      Result<CompiledPattern, RegexError> compiled =
          CompiledPattern::compile(translated, PCRE2_AUTO_CALLOUT);
      if (compiled) timed_pattern = std::move(*compiled);
    });
    return timed_pattern;
  }
};

JavaRegex::JavaRegex(std::unique_ptr<Code> code) : code_(std::move(code)) {}
JavaRegex::JavaRegex(JavaRegex&&) noexcept = default;
JavaRegex& JavaRegex::operator=(JavaRegex&&) noexcept = default;
JavaRegex::~JavaRegex() = default;

Result<JavaRegex, RegexError> JavaRegex::compile(const RegexSyntax& syntax) {
  Result<std::string, RegexError> translated = translate_java_regex(syntax);
  if (!translated) return Unexpected<RegexError>{std::move(translated.error())};
  Result<CompiledPattern, RegexError> stepped = CompiledPattern::compile(*translated);
  if (!stepped) return Unexpected<RegexError>{std::move(stepped.error())};
  return JavaRegex(std::make_unique<Code>(std::move(*stepped), std::move(*translated),
                                          syntax.groups, takes_line_end(syntax.root)));
}

JavaRegex::Verdict JavaRegex::match(std::string_view text, Captures& captures,
                                    Effort effort) const {
  static thread_local MatchMemory memory;
  run_count().fetch_add(1, std::memory_order_relaxed);
  pcre2_match_data* data = memory.data(code_->groups + 1);
  int result = code_->stepped.run(text, data, memory.bounded_by(most_steps(effort, text.size())));
  // A pattern of several `.*` looks for its way through such a text in vain, and for long.
  if (result == PCRE2_ERROR_MATCHLIMIT && !code_->takes_line_end && has_line_end(text)) {
    return Verdict::kNoMatch;
  }
  if (result == PCRE2_ERROR_MATCHLIMIT && effort == Effort::kFull && is_long(text) &&
      code_->timed()) {
    result = code_->timed()->run(text, data, memory.bounded_by(kPatience));
  }
  if (result == PCRE2_ERROR_NOMATCH) return Verdict::kNoMatch;
  if (result < 0) return Verdict::kLimit;
  // PCRE2 leaves the groups behind the last one that is set as they were: say how many count.
  captures = Captures(text, std::span<const std::size_t>(pcre2_get_ovector_pointer(data),
                                                         2 * static_cast<std::size_t>(result)));
  return Verdict::kMatch;
}

std::size_t JavaRegex::size() const { return code_->stepped.size(); }

std::uint64_t JavaRegex::runs() { return run_count().load(std::memory_order_relaxed); }

std::string wrap_rule_pattern(std::string_view pattern) {
  return fmt::format("{}{}{}", kBefore, pattern, kAfter);
}

Result<RegexSyntax, RegexError> parse_rule_pattern(std::string_view pattern) {
  return parse_java_regex(wrap_rule_pattern(pattern), kBefore.size());
}

}  // namespace jmxbridge
