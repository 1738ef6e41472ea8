#include "quant/corrections/analytic_bias.h"

#include <algorithm>
#include <cmath>

#include "quant/params.h"

namespace octavo {
namespace {

double scale_of(const QuantParams& params, size_t output) {
  return params.scale[params.per_tensor() ? 0 : output];
}

// What the integers of one output's weights are expected to add to it.
struct WeightError {
  double mean = 0, variance = 0;
  double squared() const { return mean * mean + variance; }
};

// By output. `inputs`: of the channels of all groups, or of one for some or all of them.
std::vector<WeightError> errors_of(const QuantizedProduct& product, const Node& original,
                                   std::span<const float> w, const Value& integers,
                                   std::span<const int8_t> q, const std::vector<Expected>& inputs) {
  const auto outputs = static_cast<size_t>(product.outputs);
  const size_t depth = w.size() / outputs;
  const auto groups = static_cast<size_t>(
      original.op == Op::kConv ? std::max<int64_t>(1, original.attrs.get_int("group", 1)) : 1);
  std::vector<WeightError> errors(outputs);
  for (size_t o = 0; o < outputs; ++o) {
    const double scale = scale_of(*integers.quant, o);
    const size_t first = o / (outputs / groups) * depth;  // of its group's inputs
    for (size_t k = 0; k < depth; ++k) {
      const size_t place = product.axis == 0 ? o * depth + k : k * outputs + o;
      const double error = scale * q[place] - static_cast<double>(w[place]);
      const Moments& x = inputs[(first + k) * inputs.size() / (depth * groups)].moments;
      errors[o].mean += error * x.mean;
      errors[o].variance += error * error * x.variance;
    }
  }
  return errors;
}

bool fits(const QuantizedProduct& product, const Node& original, int64_t weights,
          const std::vector<Expected>& inputs) {
  const int64_t groups = original.op == Op::kConv ? original.attrs.get_int("group", 1) : 1;
  if (product.outputs <= 0 || groups <= 0 || product.outputs % groups != 0) return false;
  return weights / product.outputs * groups % std::ssize(inputs) == 0;
}

}  // namespace

Result<std::vector<CorrectedLayer>> correct_biases(const Graph& exact, const Expectations& expected,
                                                   Graph& quantized) {
  const QuantizedProducts products = quantized_products(exact, quantized);
  std::vector<CorrectedLayer> layers;
  for (const NodeId id : quantized.live_nodes()) {
    const auto found = products.find(quantized.node(id).name);
    if (found == products.end() || found->second.bias == kNoValue) continue;
    const QuantizedProduct& product = found->second;
    const Node& original = exact.node(product.original);
    const auto inputs = expected.find(exact.value(original.inputs[0]).name);
    const Tensor* q = quantized.held_constant(product.weights);
    const Tensor* bias = quantized.held_constant(product.bias);
    if (inputs == expected.end() || !q || q->dtype() != DType::kInt8 || !bias) continue;
    if (!fits(product, original, q->count(), inputs->second)) continue;
    OCTAVO_ASSIGN_OR_RETURN(const Tensor w, exact.constant(original.inputs[1])->read());
    std::vector<WeightError> errors =
        errors_of(product, original, w.values<float>(), quantized.value(product.weights),
                  q->values<int8_t>(), inputs->second);
    std::vector<int32_t> b(bias->values<int32_t>().begin(), bias->values<int32_t>().end());
    CorrectedLayer layer{found->first};
    for (size_t o = 0; o < errors.size(); ++o) {
      layer.before += errors[o].squared() / static_cast<double>(errors.size());
      const double scale = scale_of(*quantized.value(product.bias).quant, o);
      const double wanted = std::nearbyint(b[o] - errors[o].mean / scale);
      const double now = std::clamp(wanted, -kLargestBias, kLargestBias);
      errors[o].mean += (now - b[o]) * scale;
      layer.after += errors[o].squared() / static_cast<double>(errors.size());
      b[o] = static_cast<int32_t>(now);
    }
    if (!(layer.after < layer.before)) continue;
    quantized.value(product.bias).constant = share(Tensor::from(b, bias->shape()));
    layers.push_back(layer);
  }
  return layers;
}

Expectations expected_inputs(const Graph& graph, const ActivationStatistics& channels,
                             const ActivationStatistics& features) {
  Expectations expected;
  for (const NodeId id : graph.live_nodes()) {
    const Node& node = graph.node(id);
    if (node.op != Op::kConv && node.op != Op::kGemm && node.op != Op::kMatMul) continue;
    const std::string& name = graph.value(node.inputs[0]).name;
    const ActivationStatistics& all = node.op == Op::kConv ? channels : features;
    const auto seen = all.find(name);
    if (seen == all.end() || expected.contains(name)) continue;
    for (size_t c = 0; c < seen->second.mean.size(); ++c) {
      const double mean = seen->second.mean[c];
      const Range range = seen->second.ranges[c];
      const double variance = std::max(0.0, seen->second.energy[c] - mean * mean);
      expected[name].push_back({{mean, variance}, range.min, range.max});
    }
  }
  return expected;
}

}  // namespace octavo
