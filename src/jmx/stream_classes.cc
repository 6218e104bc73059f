// The part of StreamReader that reads class descriptors, and the data of externalizable classes.

#include <utility>

#include "jmx/stream_codes.h"
#include "jmx/stream_reader.h"

namespace jmxbridge {

bool StreamReader::read_class_desc(const ClassDesc*& out) {
  if (++depth_ > limits_.depth) return over_limit("its classes are nested too deep");
  if (!read_class_desc(in_.u8(), out)) return false;
  --depth_;
  return in_.ok();
}

bool StreamReader::read_class_desc(std::uint8_t code, const ClassDesc*& out) {
  out = nullptr;
  switch (code) {
    case code::kNull:
      return true;
    case code::kReference: {
      const std::uint32_t index = in_.u32() - kFirstHandle;
      if (!in_.ok() || index >= handles_.size() || handles_[index]->kind != NodeKind::kClassDesc) {
        return malformed("a reference to a class points to none");
      }
      out = static_cast<const ClassDesc*>(handles_[index]);
      return out->complete || malformed("a class is its own ancestor");
    }
    case code::kClassDesc:
    case code::kProxyClassDesc: {
      auto* const desc = arena_.make<ClassDesc>(Node{NodeKind::kClassDesc});
      out = desc;
      return code == code::kClassDesc ? read_plain_class(*desc) : read_proxy_class(*desc);
    }
    default:
      return malformed("a class has an unknown type code");
  }
}

bool StreamReader::read_plain_class(ClassDesc& desc) {
  if (!read_text(in_.u16(), desc.name)) return false;
  in_.u64();  // the class' version, which matters to nobody who has no classes
  assign_handle(&desc);
  desc.flags = in_.u8();
  constexpr std::uint8_t kBoth = ClassDesc::kSerializable | ClassDesc::kExternalizable;
  if ((desc.flags & kBoth) == kBoth) return malformed("a class is serializable in two ways");
  desc.own = find_jdk_class(desc.name);
  if (desc.own == JdkClass::kNone && !is_jdk_name(desc.name)) desc.unknown = &desc;
  return read_field_list(desc) && finish_class(desc);
}

bool StreamReader::read_field_list(ClassDesc& desc) {
  const std::uint16_t count = in_.u16();
  fields_.clear();
  for (std::uint16_t i = 0; i < count; ++i) {
    Field field{};
    field.type = static_cast<char>(in_.u8());
    if (!read_text(in_.u16(), field.name)) return false;
    switch (field.type) {
      case 'B':
      case 'C':
      case 'D':
      case 'F':
      case 'I':
      case 'J':
      case 'S':
      case 'Z':
        break;
      case 'L':
      case '[': {
        const std::uint8_t type_code = in_.u8();
        const Node* type = nullptr;
        if (type_code == code::kString) {
          if (!read_text_node(in_.u16(), type)) return false;
        } else if (type_code != code::kReference || !read_reference(type) ||
                   type->kind != NodeKind::kText) {
          return malformed("the type of a field is no text");
        }
        break;
      }
      default:
        return malformed("a field has an unknown type");
    }
    fields_.push_back(field);
  }
  desc.fields = arena_.copy(std::span<const Field>(fields_));
  return in_.ok();
}

bool StreamReader::read_proxy_class(ClassDesc& desc) {
  assign_handle(&desc);
  desc.flags = ClassDesc::kSerializable;
  const std::int32_t count = in_.i32();
  if (count < 0) return malformed("a proxy has a negative number of interfaces");
  for (std::int32_t i = 0; i < count; ++i) {
    std::string_view interface;
    if (!read_text(in_.u16(), interface)) return false;
    if (desc.unknown != nullptr) continue;
    if (i == 0) desc.name = interface;
    if (!is_jdk_name(interface)) {
      desc.name = interface;
      desc.unknown = &desc;
    }
  }
  return finish_class(desc);
}

/// Reads what follows the fields, the annotation and the superclass, and settles where the parts of
/// an object of this class lie.
bool StreamReader::finish_class(ClassDesc& desc) {
  const ClassDesc* const outer = std::exchange(unknown_, nullptr);
  if (!read_annotation(nullptr)) return false;
  unknown_ = outer;
  if (!read_class_desc(desc.super)) return false;
  const ClassDesc* const super = desc.super;
  const std::size_t above = super != nullptr ? super->chain.size() : 0;
  if (above >= limits_.depth) return over_limit("a class has too many ancestors");
  const std::span<const ClassDesc*> chain = arena_.make_array<const ClassDesc*>(above + 1);
  if (super != nullptr) {
    std::copy(super->chain.begin(), super->chain.end(), chain.begin());
    desc.first_cell = super->cells;
    desc.annotation = super->annotations;
    if (desc.unknown == nullptr) desc.unknown = super->unknown;
  }
  chain[above] = &desc;
  desc.chain = chain;
  desc.cells = desc.first_cell + static_cast<std::uint32_t>(desc.fields.size());
  const bool writes = (desc.flags & ClassDesc::kWriteMethod) != 0;
  desc.annotations = static_cast<std::uint16_t>(desc.annotation + (writes ? 1 : 0));
  desc.known = desc.own != JdkClass::kNone || super == nullptr ? desc.own : super->known;
  desc.complete = true;
  return in_.ok();
}

bool StreamReader::read_external_data(const ClassDesc& desc) {
  if ((desc.flags & ClassDesc::kBlockData) != 0) return read_annotation(nullptr);
  if (desc.own == JdkClass::kTimeSer) return read_time_data();
  if (desc.own == JdkClass::kChronoSer) return read_chrono_data();
  return malformed("it holds an externalizable object whose layout is not known");
}

void StreamReader::skip_local_time() {
  // Hour, minute, second; the last one that is there is complemented unless nanoseconds follow.
  for (int i = 0; i < 3; ++i) {
    if (static_cast<std::int8_t>(in_.u8()) < 0) return;
  }
  in_.u32();
}

void StreamReader::skip_zone_offset() {
  constexpr std::uint8_t kFullOffset = 127;
  if (in_.u8() == kFullOffset) in_.u32();
}

/// java.time.Ser: a type, then what writeExternal of that class writes.
bool StreamReader::read_time_data() {
  constexpr std::uint64_t kDateSize = 6;
  const std::uint8_t type = in_.u8();
  switch (type) {
    case 1:  // Duration
    case 2:  // Instant
      in_.take(12);
      break;
    case 3:  // LocalDate
      in_.take(kDateSize);
      break;
    case 4:  // LocalTime
      skip_local_time();
      break;
    case 5:  // LocalDateTime
      in_.take(kDateSize);
      skip_local_time();
      break;
    case 6: {  // ZonedDateTime
      in_.take(kDateSize);
      skip_local_time();
      skip_zone_offset();
      const std::uint8_t zone = in_.u8();
      if (zone == 7) {
        in_.take(in_.u16());
      } else if (zone == 8) {
        skip_zone_offset();
      } else {
        return malformed("a time zone has an unknown type");
      }
      break;
    }
    case 7:  // ZoneRegion
      in_.take(in_.u16());
      break;
    case 8:  // ZoneOffset
      skip_zone_offset();
      break;
    case 9:  // OffsetTime
      skip_local_time();
      skip_zone_offset();
      break;
    case 10:  // OffsetDateTime
      in_.take(kDateSize);
      skip_local_time();
      skip_zone_offset();
      break;
    case 11:  // Year
      in_.take(4);
      break;
    case 12:  // YearMonth
      in_.take(5);
      break;
    case 13:  // MonthDay
      in_.take(2);
      break;
    case 14:  // Period
      in_.take(12);
      break;
    default:
      return malformed("a java.time value has an unknown type");
  }
  return in_.ok();
}

/// java.time.chrono.Ser, the same for calendars other than ISO's.
bool StreamReader::read_chrono_data() {
  switch (in_.u8()) {
    case 1:  // Chronology
      in_.take(in_.u16());
      break;
    case 2:  // ChronoLocalDateTime
      return skip_objects(2);
    case 3:  // ChronoZonedDateTime
      return skip_objects(3);
    case 4:  // JapaneseDate
    case 7:  // MinguoDate
    case 8:  // ThaiBuddhistDate
      in_.take(6);
      break;
    case 5:  // JapaneseEra
      in_.take(1);
      break;
    case 6:  // HijrahDate
      if (!skip_objects(1)) return false;
      in_.take(6);
      break;
    case 9:  // ChronoPeriod
      in_.take(in_.u16());
      in_.take(12);
      break;
    default:
      return malformed("a java.time.chrono value has an unknown type");
  }
  return in_.ok();
}

bool StreamReader::skip_objects(int count) {
  for (int i = 0; i < count; ++i) {
    const Node* skipped = nullptr;
    if (!read_object(skipped)) return false;
  }
  return true;
}

}  // namespace jmxbridge
