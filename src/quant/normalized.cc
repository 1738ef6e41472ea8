#include "quant/normalized.h"

#include <cmath>

namespace octavo {
namespace {

const Tensor* floats(const Graph& graph, ValueId id) {
  const Tensor* tensor = graph.held_constant(id);
  return tensor && tensor->dtype() == DType::kFloat32 ? tensor : nullptr;
}

}  // namespace

Normalized find_normalized(const Graph& graph) {
  Normalized found;
  for (const NodeId id : graph.live_nodes()) {
    const Node& node = graph.node(id);
    if (node.op != Op::kBatchNormalization || node.outputs[0] == kNoValue) continue;
    const Tensor* gamma = floats(graph, node.inputs[1]);
    const Tensor* beta = floats(graph, node.inputs[2]);
    if (!gamma || !beta || gamma->count() == 0 || gamma->count() != beta->count()) continue;
    std::vector<Moments> channels;
    bool finite = true;
    for (size_t c = 0; c < static_cast<size_t>(gamma->count()); ++c) {
      const double mean = beta->values<float>()[c], deviation = gamma->values<float>()[c];
      channels.push_back({mean, deviation * deviation});
      finite &= std::isfinite(mean) && std::isfinite(deviation);
    }
    if (finite) found[graph.value(node.outputs[0]).name] = std::move(channels);
  }
  return found;
}

}  // namespace octavo
