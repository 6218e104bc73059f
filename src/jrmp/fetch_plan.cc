#include "jrmp/fetch_plan.h"

#include <utility>

namespace jmxbridge {
namespace {

const BeanLesson* find(const Lessons& lessons, const ObjectName& name) {
  const auto it = lessons.empty() ? lessons.end() : lessons.find(name);
  return it == lessons.end() ? nullptr : &it->second;
}

const AttributeLesson* find(const BeanLesson* lesson, const std::string& attribute) {
  if (lesson == nullptr) return nullptr;
  const auto it = lesson->attributes.find(attribute);
  return it == lesson->attributes.end() ? nullptr : &it->second;
}

}  // namespace

FetchPlan::FetchPlan(const Requests& requests, std::shared_ptr<const ReadList> reads,
                     const Lessons& lessons, const std::optional<ObjectName>& waits)
    : reads_(std::move(reads)) {
  calls_of_beans_.reserve(reads_->size());
  for (std::uint32_t bean = 0; bean < reads_->size(); ++bean) {
    const std::size_t before = calls_.size();
    if (waits == (*reads_)[bean].name) {
      waits_ = bean;
    } else {
      add(requests, bean, find(lessons, (*reads_)[bean].name));
    }
    calls_of_beans_.push_back(static_cast<std::uint32_t>(calls_.size() - before));
  }
  calls_.shrink();
}

void FetchPlan::add(const Requests& requests, std::uint32_t bean, const BeanLesson* lesson) {
  const BeanRead& read = (*reads_)[bean];
  if (read.watch_info) {
    requests.get_mbean_info(read.name, calls_.out());
    calls_.add(CallKind::kInfo, bean);
  }
  std::vector<std::uint32_t> together;
  std::vector<std::uint32_t> alone;
  names_.clear();
  for (std::uint32_t i = 0; i < read.attributes.size(); ++i) {
    const AttributeLesson* const known = find(lesson, read.attributes[i]);
    if (known == nullptr) {
      together.push_back(i);
      names_.push_back(&read.attributes[i]);
    } else if (!known->loss) {
      alone.push_back(i);
    }
  }
  if (!together.empty()) {
    requests.get_attributes(read.name, names_, calls_.out());
    calls_.add(CallKind::kAttributes, bean);
  }
  if (together.size() < read.attributes.size()) together_.emplace(bean, std::move(together));
  for (const std::uint32_t attribute : alone) {
    requests.get_attribute(read.name, read.attributes[attribute], calls_.out());
    calls_.add(CallKind::kAttribute, bean, attribute);
  }
}

const std::vector<std::uint32_t>* FetchPlan::together(std::uint32_t bean) const {
  const auto it = together_.empty() ? together_.end() : together_.find(bean);
  return it == together_.end() ? nullptr : &it->second;
}

void add_single_calls(const Requests& requests, const ReadList& reads, std::uint32_t bean,
                      const Lessons& lessons, CallList& out) {
  const BeanRead& read = reads[bean];
  const BeanLesson* const lesson = find(lessons, read.name);
  for (std::uint32_t i = 0; i < read.attributes.size(); ++i) {
    const AttributeLesson* const known = find(lesson, read.attributes[i]);
    if (known != nullptr && known->loss) continue;
    requests.get_attribute(read.name, read.attributes[i], out.out());
    out.add(CallKind::kAttribute, bean, i);
  }
}

}  // namespace jmxbridge
