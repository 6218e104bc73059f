#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/message.h>

#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace jmxbridge {

/// OTLP's public schema, which Google's protobuf reads messages with; nothing of ours is in it.
class OtlpSchema {
 public:
  OtlpSchema() {
    std::ifstream file(JMXBRIDGE_OTLP_SCHEMA, std::ios::binary);
    google::protobuf::FileDescriptorSet set;
    if (!set.ParseFromIstream(&file))
      throw std::runtime_error("no schema in " JMXBRIDGE_OTLP_SCHEMA);
    for (const google::protobuf::FileDescriptorProto& each : set.file()) {
      if (pool_.BuildFile(each) == nullptr) throw std::runtime_error("bad schema " + each.name());
    }
  }

  /// A message from its bytes; null if they are none, or hold a field that the schema lacks.
  std::unique_ptr<google::protobuf::Message> parse(const std::string& type,
                                                   const std::string& bytes) {
    const google::protobuf::Descriptor* descriptor = pool_.FindMessageTypeByName(type);
    if (descriptor == nullptr) throw std::runtime_error("no message " + type);
    std::unique_ptr<google::protobuf::Message> message(factory_.GetPrototype(descriptor)->New());
    if (!message->ParseFromString(bytes) || has_unknown(*message)) return nullptr;
    return message;
  }

  /// A request in protobuf's text format, as one line.
  std::string request_text(const std::string& bytes) {
    const auto message =
        parse("opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest", bytes);
    return message ? message->ShortDebugString() : "invalid";
  }

 private:
  static bool has_unknown(const google::protobuf::Message& message) {
    const google::protobuf::Reflection* reflection = message.GetReflection();
    if (!reflection->GetUnknownFields(message).empty()) return true;
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    reflection->ListFields(message, &fields);
    for (const google::protobuf::FieldDescriptor* field : fields) {
      if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
      const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
      for (int i = 0; i < count; ++i) {
        const google::protobuf::Message& part =
            field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                 : reflection->GetMessage(message, field);
        if (has_unknown(part)) return true;
      }
    }
    return false;
  }

  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_{&pool_};
};

}  // namespace jmxbridge
