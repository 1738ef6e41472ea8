#include "quant/calibrator.h"

#include "quant/shards.h"

namespace octavo {

Calibrator::Calibrator(std::shared_ptr<const Plan> plan, std::span<const std::string> values,
                       const Recipe& recipe)
    : plan_(std::move(plan)), observer_(recipe.observer), executor_(plan_) {
  const ObserverInfo* info = find_observer(recipe.observer);
  observers_.resize(plan_->graph.value_count());
  for (const std::string& name : values) {
    const ValueId id = plan_->graph.find_value(name);
    if (id != kNoValue) observers_[static_cast<size_t>(id)] = info->make(recipe);
  }
}

Status Calibrator::add(std::span<const Tensor> inputs) {
  const Tap observe = [this](ValueId id, const Value&, TensorView view) {
    Observer* observer = observers_[static_cast<size_t>(id)].get();
    if (observer && view.dtype == DType::kFloat32) observer->observe(view.values<float>());
  };
  OCTAVO_RETURN_IF_ERROR(executor_.run(views_of(inputs), observe).status());
  ++samples_;
  return {};
}

void Calibrator::merge(const Calibrator& later) {
  for (size_t i = 0; i < observers_.size(); ++i) {
    if (observers_[i]) observers_[i]->merge(*later.observers_[i]);
  }
  samples_ += later.samples_;
}

Result<Ranges> Calibrator::ranges() const {
  Ranges ranges;
  for (size_t i = 0; i < observers_.size(); ++i) {
    if (!observers_[i]) continue;
    const std::string& name = plan_->graph.value(static_cast<ValueId>(i)).name;
    const Result<Range> range = observers_[i]->range();
    if (!range.ok()) return range.status().at("value '" + name + "'");
    ranges[name] = {*range, observers_[i]->count(), observer_};
  }
  return ranges;
}

}  // namespace octavo
