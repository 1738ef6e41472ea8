#include "quant/weight_scales.h"

#include <algorithm>
#include <cmath>

#include "quant/params.h"

namespace octavo {
namespace {

// Largest magnitude of each index of `axis`.
std::vector<float> channel_magnitudes(const Tensor& weights, int axis) {
  const Shape& shape = weights.shape();
  const int64_t channels = shape[axis];
  const int64_t inner = shape.count(axis + 1, shape.rank());
  std::vector<float> magnitudes(static_cast<size_t>(channels));
  const float* row = weights.values<float>().data();
  for (int64_t outer = shape.count(0, axis); outer > 0; --outer) {
    for (float& magnitude : magnitudes) {
      const Range ends = extremes_of({row, static_cast<size_t>(inner)});
      magnitude = std::max({magnitude, -ends.min, ends.max});
      row += inner;
    }
  }
  return magnitudes;
}

}  // namespace

Result<Tensor> finite_constant(const Graph& graph, const Node& node, ValueId constant) {
  OCTAVO_ASSIGN_OR_RETURN(Tensor tensor, graph.constant(constant)->read());
  const std::span<const float> values = tensor.values<float>();
  const auto bad =
      std::find_if(values.begin(), values.end(), [](float x) { return !std::isfinite(x); });
  if (bad == values.end()) return tensor;
  return Status(ErrorCode::kModelUnsupported,
                "constant '" + graph.value(constant).name + "' holds " +
                    (std::isnan(*bad) ? "NaN" : "infinity") + " at element " +
                    std::to_string(bad - values.begin()) +
                    "; no scale fits it: repair the model or exclude this node",
                describe(node));
}

QuantParams scales_of_weights(const Tensor& weights, int axis, Granularity granularity) {
  std::vector<float> magnitudes = channel_magnitudes(weights, axis);
  if (granularity == Granularity::kPerTensor) {
    magnitudes = {*std::max_element(magnitudes.begin(), magnitudes.end())};
  }
  return weight_params(magnitudes, axis);
}

}  // namespace octavo
