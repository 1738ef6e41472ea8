#include "quant/weight_report.h"

#include <algorithm>
#include <map>

#include "quant/compute_layout.h"
#include "runtime/lower/qdq/islands.h"

namespace octavo {
namespace {

std::map<std::string, NodeId> nodes_by_name(const Graph& graph) {
  std::map<std::string, NodeId> nodes;
  for (const NodeId id : graph.live_nodes()) nodes[graph.node(id).name] = id;
  return nodes;
}

// Of the integers that the node's second input is made of.
std::optional<QuantParams> params_of_weights(const Graph& graph, const Node& node) {
  if (node.inputs.size() < 2 || node.inputs[1] == kNoValue) return {};
  const NodeId producer = graph.producer(node.inputs[1]);
  if (producer == kNoNode || graph.node(producer).op != Op::kDequantizeLinear) return {};
  return params_of(graph, graph.node(producer));
}

float largest_magnitude(std::span<const float> values) {
  const Range ends = extremes_of(values);
  return std::max(-ends.min, ends.max);
}

// Largest magnitude of a channel by that of the least, of those that are not 0.
double spread_of(const std::vector<float>& magnitudes) {
  float least = 0, most = 0;
  for (const float x : magnitudes) {
    if (x > 0 && (least == 0 || x < least)) least = x;
    most = std::max(most, x);
  }
  return least > 0 ? static_cast<double>(most) / static_cast<double>(least) : 1;
}

std::optional<TensorReport> report_on(const Tensor& weights, int axis, const QuantParams& params) {
  const Shape& shape = weights.shape();
  const auto channels = static_cast<size_t>(shape[axis]);
  const auto inner = static_cast<size_t>(shape.count(axis + 1, shape.rank()));
  TensorStatistics statistics;
  std::vector<float> magnitudes(channels);
  const float* row = weights.values<float>().data();
  for (int64_t outer = shape.count(0, axis); outer > 0; --outer) {
    for (size_t channel = 0; channel < channels; ++channel, row += inner) {
      const std::span<const float> values(row, inner);
      statistics.add(values, params, params.per_tensor() ? 0 : channel);
      magnitudes[channel] = std::max(magnitudes[channel], largest_magnitude(values));
    }
  }
  if (!statistics.usable()) return {};
  TensorReport report = statistics.report(params);
  report.channel_spread = spread_of(magnitudes);
  return report;
}

}  // namespace

Status describe_weights(const Graph& float_graph, const Graph& quantized,
                        std::vector<LayerError>& layers) {
  const auto exact = nodes_by_name(float_graph), rough = nodes_by_name(quantized);
  for (LayerError& layer : layers) {
    const auto from = exact.find(layer.name), to = rough.find(layer.name);
    if (from == exact.end() || to == rough.end()) continue;
    const Node& node = float_graph.node(from->second);
    const std::optional<ComputeLayout> layout = compute_layout(float_graph, node);
    const std::optional<QuantParams> params =
        params_of_weights(quantized, quantized.node(to->second));
    if (!layout || !params) continue;
    if (!params->per_tensor() && std::ssize(params->scale) != layout->channels) continue;
    OCTAVO_ASSIGN_OR_RETURN(const Tensor weights, float_graph.constant(node.inputs[1])->read());
    layer.weights = report_on(weights, layout->axis, *params);
  }
  return {};
}

}  // namespace octavo
