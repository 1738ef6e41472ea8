#include "quant/weight_scales.h"

#include <algorithm>
#include <cmath>

#include "quant/params.h"
#include "quant/weight_methods.h"

namespace octavo {
namespace {

// One index of `axis` after the other, each together.
std::vector<std::vector<float>> channels_of(const Tensor& weights, int axis) {
  const Shape& shape = weights.shape();
  std::vector<std::vector<float>> channels(static_cast<size_t>(shape[axis]));
  const int64_t inner = shape.count(axis + 1, shape.rank());
  const float* row = weights.values<float>().data();
  for (int64_t outer = shape.count(0, axis); outer > 0; --outer) {
    for (std::vector<float>& channel : channels) {
      channel.insert(channel.end(), row, row + inner);
      row += inner;
    }
  }
  return channels;
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

QuantParams scales_of_weights(const Tensor& weights, int axis, Granularity granularity,
                              const Recipe& recipe) {
  const int32_t qmax = largest_weight(recipe.weight_bits);
  const WeightMethod& method = *find_weight_method(recipe.weight_method);
  std::vector<float> magnitudes;
  if (granularity == Granularity::kPerTensor) {
    magnitudes = {method.magnitude(weights.values<float>(), qmax, recipe)};
  } else {
    for (const std::vector<float>& channel : channels_of(weights, axis)) {
      magnitudes.push_back(method.magnitude(channel, qmax, recipe));
    }
  }
  return weight_params(magnitudes, axis, qmax);
}

}  // namespace octavo
