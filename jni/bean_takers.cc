#include "jni/bean_takers.h"

#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/log.h"

namespace jmxbridge {

void FetchTaker::answered(const BeanRecord& record, StreamDecoder& decoder) {
  switch (record.status) {
    case BeanRecord::Status::kRead:
      take_info(record, decoder);
      take_attributes(record, decoder);
      sink_.done(record.bean, BeanOutcome::kRead, {});
      return;
    case BeanRecord::Status::kGone:
      sink_.done(record.bean, BeanOutcome::kGone, {});
      return;
    case BeanRecord::Status::kFailed:
      sink_.done(record.bean, BeanOutcome::kFailed, printable(record.detail));
      return;
  }
}

void FetchTaker::unanswered(std::uint32_t bean, BeanOutcome outcome) {
  sink_.done(bean, outcome,
             outcome == BeanOutcome::kBlocked ? "it does not answer" : "nobody got to it in time");
}

void FetchTaker::take_info(const BeanRecord& record, StreamDecoder& decoder) {
  if (record.info.empty()) return;
  Result<MBeanInfo> info = decoder.decode_mbean_info(record.info);
  if (info) {
    sink_.info(record.bean, std::move(*info));
  } else {
    log::debug("The MBeanInfo of {} cannot be read: {}", printable(reads_[record.bean].name.text()),
               printable(info.error().text));
  }
}

void FetchTaker::take_attributes(const BeanRecord& record, StreamDecoder& decoder) {
  const std::size_t count = reads_[record.bean].attributes.size();
  std::span<const std::byte> bytes = record.attributes;
  while (const std::optional<AttributeRecord> one = next_attribute(bytes)) {
    if (one->attribute >= count) continue;
    if (one->status == AttributeRecord::Status::kValue) {
      take_value(record.bean, *one, decoder);
    } else {
      take_loss(record.bean, *one);
    }
  }
}

void FetchTaker::take_value(std::uint32_t bean, const AttributeRecord& one,
                            StreamDecoder& decoder) {
  const Result<Value> value = decoder.decode_value(one.bytes);
  if (!value) {
    const AttributeLoss why =
        value.error().kind == ErrorKind::kLimit ? AttributeLoss::kLimit : AttributeLoss::kMalformed;
    sink_.lost(bean, one.attribute, why, value.error().text);
  } else if (value->kind == ValueKind::kUnknownClass) {
    sink_.lost(bean, one.attribute, AttributeLoss::kUnknownClass, value->text);
  } else {
    sink_.value(bean, one.attribute, *value);
  }
}

void FetchTaker::take_loss(std::uint32_t bean, const AttributeRecord& one) {
  AttributeLoss why = AttributeLoss::kThrew;
  switch (one.status) {
    case AttributeRecord::Status::kUnknownClass:
      why = AttributeLoss::kUnknownClass;
      break;
    case AttributeRecord::Status::kMalformed:
      why = AttributeLoss::kMalformed;
      break;
    case AttributeRecord::Status::kLimit:
      why = AttributeLoss::kLimit;
      break;
    case AttributeRecord::Status::kThrew:
    case AttributeRecord::Status::kValue:
      break;
  }
  const std::string_view detail = as_text(one.bytes);
  if (detail.empty()) {
    sink_.lost(bean, one.attribute, why, {});
  } else {
    sink_.lost(bean, one.attribute, why, printable(detail));
  }
}

void DescribeTaker::answered(const BeanRecord& record, StreamDecoder& decoder) {
  if (record.status != BeanRecord::Status::kRead) {
    const bool gone = record.status == BeanRecord::Status::kGone;
    sink_.failed(record.bean, gone ? BeanOutcome::kGone : BeanOutcome::kFailed,
                 printable(record.detail));
    return;
  }
  Result<MBeanInfo> info = decoder.decode_mbean_info(record.info);
  if (info) {
    sink_.info(record.bean, std::move(*info));
  } else {
    sink_.failed(record.bean, BeanOutcome::kFailed, info.error().text);
  }
}

void DescribeTaker::unanswered(std::uint32_t bean, BeanOutcome outcome) {
  sink_.failed(bean, outcome, "it did not answer in time");
}

}  // namespace jmxbridge
