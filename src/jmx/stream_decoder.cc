#include "jmx/stream_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/log.h"
#include "base/utf.h"
#include "jmx/jdk_collections.h"
#include "jmx/mbean_info_reader.h"
#include "jmx/notification_reader.h"
#include "jmx/stream_reader.h"
#include "jmx/thrown_reader.h"
#include "jmx/value_builder.h"

namespace jmxbridge {

class StreamDecoder::Reader {
 public:
  explicit Reader(const Limits& limits)
      : limits_(limits), stream_(limits), builder_(stream_.arena(), limits) {}

  bool read(std::span<const std::byte> stream) {
    builder_.reset();
    return stream_.read(stream, root_);
  }
  bool read_front(std::span<const std::byte> bytes, std::size_t& size) {
    builder_.reset();
    return stream_.read_front(bytes, root_, size);
  }
  const Node* root() const { return root_; }
  const StreamReader& stream() const { return stream_; }
  Unexpected<Error> failed() const { return fail(stream_.error()); }
  const Limits& limits() const { return limits_; }
  Arena& arena() { return stream_.arena(); }
  ValueBuilder& builder() { return builder_; }

 private:
  Limits limits_;
  StreamReader stream_;
  ValueBuilder builder_;
  const Node* root_ = nullptr;
};

namespace {

Unexpected<Error> not_a(const char* what) {
  return fail(ErrorKind::kMalformed,
              std::string("the target's answer cannot be decoded: it holds no ") + what);
}

}  // namespace

StreamDecoder::StreamDecoder(const Limits& limits) : reader_(std::make_unique<Reader>(limits)) {}
StreamDecoder::~StreamDecoder() = default;
StreamDecoder::StreamDecoder(StreamDecoder&&) noexcept = default;
StreamDecoder& StreamDecoder::operator=(StreamDecoder&&) noexcept = default;

Result<Value> StreamDecoder::decode_value(std::span<const std::byte> stream) {
  if (!reader_->read(stream)) return reader_->failed();
  return value();
}

Result<Value> StreamDecoder::value() {
  const Node* const root = reader_->root();
  Value value;
  if (!reader_->builder().convert(root, value)) {
    return fail(ErrorKind::kLimit,
                "a value holds too many others, nests them too deep, or holds itself");
  }
  return value;
}

Result<MBeanInfo> StreamDecoder::decode_mbean_info(std::span<const std::byte> stream) {
  if (!reader_->read(stream)) return reader_->failed();
  return mbean_info();
}

Result<MBeanInfo> StreamDecoder::mbean_info() {
  const Node* const root = reader_->root();
  const ObjectNode* const info = as_object(root, JdkClass::kMBeanInfo);
  if (info == nullptr) return not_a("MBeanInfo");
  if (info->unknown != nullptr) {
    return fail(
        fmt::format("the class {} stands in its MBeanInfo", printable(info->unknown->name)));
  }
  return read_mbean_info(*info, reader_->limits(), reader_->arena());
}

Result<std::span<const NamedValue>> StreamDecoder::decode_attribute_list(
    std::span<const std::byte> stream) {
  if (!reader_->read(stream)) return reader_->failed();
  return attribute_list();
}

Result<std::span<const NamedValue>> StreamDecoder::attribute_list() {
  const Node* const root = reader_->root();
  if (as_object(root, JdkClass::kArrayList) == nullptr) return not_a("AttributeList");
  const NodeList elements = elements_of(root, reader_->arena());
  const std::span<NamedValue> values = reader_->arena().make_array<NamedValue>(elements.size());
  std::size_t count = 0;
  for (const Node* element : elements) {
    const ObjectNode* const attribute = as_object(element, JdkClass::kAttribute);
    if (attribute == nullptr) continue;
    NamedValue& named = values[count++];
    named.name = text_of(find_reference(*attribute, JdkClass::kAttribute, "name"));
    const Node* const value = find_reference(*attribute, JdkClass::kAttribute, "value");
    named.over_limit = !reader_->builder().convert(value, named.value);
  }
  return std::span<const NamedValue>(values.first(count));
}

Result<std::vector<ObjectName>> StreamDecoder::decode_object_names(
    std::span<const std::byte> stream) {
  if (!reader_->read(stream)) return reader_->failed();
  return object_names();
}

Result<std::vector<ObjectName>> StreamDecoder::object_names() {
  const Node* const root = reader_->root();
  if (root == nullptr) return not_a("ObjectNames");
  const NodeList elements =
      root->kind == NodeKind::kArray ? array_of(root) : elements_of(root, reader_->arena());
  std::vector<ObjectName> names;
  names.reserve(elements.size());
  std::size_t bytes = 0;
  for (const Node* element : elements) {
    if (as_object(element, JdkClass::kObjectName) == nullptr) return not_a("ObjectNames only");
    const std::string_view text = reader_->builder().object_name_text(element);
    bytes += text.size();
    if (bytes > reader_->limits().answer_bytes) {
      return fail(ErrorKind::kLimit,
                  "the names of the target's MBeans are longer than an answer may be; narrow "
                  "includeObjectNames");
    }
    // Half of a surrogate pair has no UTF-8, and what stands for it may make the name none.
    if (Result<ObjectName> name = ObjectName::parse(text)) {
      names.push_back(std::move(*name));
    } else {
      log::debug("An MBean is left out, its name cannot be read: {}", printable(text));
    }
  }
  return names;
}

Result<std::optional<std::size_t>> StreamDecoder::read_front(std::span<const std::byte> bytes) {
  std::size_t size = 0;
  if (reader_->read_front(bytes, size)) return std::optional(size);
  if (reader_->stream().is_cut()) return std::optional<std::size_t>();
  return reader_->failed();
}

bool StreamDecoder::writer_threw() const { return !reader_->stream().thrown().empty(); }

Result<Notifications> StreamDecoder::notifications() {
  const ObjectNode* const result = as_object(reader_->root(), JdkClass::kNotificationResult);
  if (result == nullptr) return not_a("NotificationResult");
  return read_notifications(*result, reader_->builder());
}

Thrown StreamDecoder::thrown() { return read_thrown(reader_->root()); }

}  // namespace jmxbridge
