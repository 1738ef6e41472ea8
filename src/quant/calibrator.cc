#include "quant/calibrator.h"

#include "quant/shards.h"

namespace octavo {
namespace {

// Elements of a channel: height times width, 1 for matrices.
int64_t plane_of(const Value& value, const Shape& shape) {
  if (shape.rank() < 3) return 1;
  return value.channels_last ? shape.count(1, shape.rank() - 1) : shape.count(2, shape.rank());
}

}  // namespace

Calibrator::Calibrator(std::shared_ptr<const Plan> plan, std::span<const std::string> values)
    : watched_(plan->graph.value_count(), kUnwatched), executor_(plan) {
  for (size_t i = 0; i < values.size(); ++i) {
    const ValueId id = plan->graph.find_value(values[i]);
    if (id == kNoValue || plan->graph.is_constant(id)) continue;  // for these shapes of inputs
    watched_[static_cast<size_t>(id)] = i;
  }
}

Status Calibrator::add(std::span<const Tensor> inputs, Statistics& into) {
  const Tap observe = [&](ValueId id, const Value& value, TensorView view) {
    const size_t place = watched_[static_cast<size_t>(id)];
    if (place == kUnwatched || view.dtype != DType::kFloat32) return;
    into.observer(place).observe(view.values<float>(), plane_of(value, view.shape));
  };
  for (const size_t place : watched_) {
    if (place != kUnwatched) into.observer(place);  // not to be seen is known too
  }
  OCTAVO_RETURN_IF_ERROR(executor_.observe(views_of(inputs), observe).status());
  into.count_sample();
  return {};
}

}  // namespace octavo
