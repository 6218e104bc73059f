#include "jmx/thrown_reader.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace jmxbridge {
namespace {

constexpr int kDeepestCause = 8;
constexpr std::size_t kLongestMessage = 400;

/// The fields in which exceptions keep what they wrap; `cause` is Throwable's own, the others stand
/// for it in RemoteException, those of javax.management, and InvocationTargetException.
constexpr std::string_view kCauseFields[] = {
    "cause", "detail", "exception", "runtimeException", "error", "target", "undeclaredThrowable"};

const ObjectNode* cause_of(const ObjectNode& thrown) {
  if (thrown.cells == nullptr) return nullptr;
  for (const ClassDesc* part : thrown.desc->chain) {
    const Cell* cell = thrown.cells + part->first_cell;
    for (const Field& field : part->fields) {
      const bool may_be = field.type == 'L' &&
                          std::find(std::begin(kCauseFields), std::end(kCauseFields), field.name) !=
                              std::end(kCauseFields);
      const ObjectNode* const cause =
          may_be ? as_object(cell->node, JdkClass::kThrowable) : nullptr;
      // An exception without a cause names itself.
      if (cause != nullptr && cause != &thrown) return cause;
      ++cell;
    }
  }
  return nullptr;
}

bool is_a(const ObjectNode& object, std::string_view class_name) {
  const auto& chain = object.desc->chain;
  return std::any_of(chain.begin(), chain.end(),
                     [&](const ClassDesc* part) { return part->name == class_name; });
}

/// At most so many bytes, without half a character at the end.
std::string_view cut(std::string_view text) {
  if (text.size() <= kLongestMessage) return text;
  std::size_t end = kLongestMessage;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace

Thrown read_thrown(const Node* node) {
  const ObjectNode* const outer = as_object(node, JdkClass::kThrowable);
  Thrown thrown;
  if (outer == nullptr) return thrown;
  thrown.class_name = outer->desc->name;
  thrown.is_security = is_a(*outer, "java.lang.SecurityException");
  thrown.is_io = is_a(*outer, "java.io.IOException") && !is_a(*outer, "java.rmi.RemoteException");
  const ObjectNode* inner = outer;
  for (int i = 0; i < kDeepestCause; ++i) {
    const ObjectNode* const cause = cause_of(*inner);
    if (cause == nullptr) break;
    inner = cause;
  }
  thrown.brief = inner->desc->name;
  const std::string_view message =
      cut(text_of(find_reference(*inner, JdkClass::kThrowable, "detailMessage")));
  if (!message.empty()) thrown.brief.append(": ").append(message);
  return thrown;
}

}  // namespace jmxbridge
