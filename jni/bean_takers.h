#pragma once

#include <cstdint>

#include "jmx/stream_decoder.h"
#include "jni/reading.h"
#include "jni/record.h"
#include "scrape/source.h"

namespace jmxbridge {

/// Hands a reading's records to the sink of a fetch. Both arguments must outlive it.
class FetchTaker : public BeanTaker {
 public:
  FetchTaker(const ReadList& reads, FetchSink& sink) : reads_(reads), sink_(sink) {}

  void answered(const BeanRecord& record, StreamDecoder& decoder) override;
  void unanswered(std::uint32_t bean, BeanOutcome outcome) override;

 private:
  void take_info(const BeanRecord& record, StreamDecoder& decoder);
  void take_attributes(const BeanRecord& record, StreamDecoder& decoder);
  void take_value(std::uint32_t bean, const AttributeRecord& one, StreamDecoder& decoder);
  void take_loss(std::uint32_t bean, const AttributeRecord& one);

  const ReadList& reads_;
  FetchSink& sink_;
};

/// Hands a reading's records to the sink of a describe, which must outlive it.
class DescribeTaker : public BeanTaker {
 public:
  explicit DescribeTaker(DescribeSink& sink) : sink_(sink) {}

  void answered(const BeanRecord& record, StreamDecoder& decoder) override;
  void unanswered(std::uint32_t bean, BeanOutcome outcome) override;

 private:
  DescribeSink& sink_;
};

}  // namespace jmxbridge
