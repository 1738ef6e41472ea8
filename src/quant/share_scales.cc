//   QuantizeLinear(x, s1, z2), QuantizeLinear(y, s3, z4)
//   QuantizeLinear(x, s1, z2), QuantizeLinear(y, s3, z2)
// where both zero points hold the same. Those of int8 weights stay apart: where ONNX Runtime
// makes uint8 weights of them (session.x64quantprecision, for x86 processors without VNNI), it
// refuses a model in which two weights have one zero point.
#include <algorithm>
#include <map>
#include <tuple>

#include "quant/stages.h"

namespace octavo {
namespace {

using Content = std::tuple<DType, std::vector<int64_t>, std::string>;

Content content_of(const Tensor& tensor) {
  const auto* bytes = static_cast<const char*>(tensor.data());
  return {tensor.dtype(), tensor.shape().dims(), {bytes, tensor.buffer().size()}};
}

bool is_int8_weight(const Graph& graph, ValueId value) {
  return graph.is_constant(value) && graph.value(value).dtype == DType::kInt8;
}

}  // namespace

Status share_scales(QuantizeState& state) {
  Graph& graph = state.graph;
  std::map<Content, ValueId> first;
  for (const NodeId id : graph.live_nodes()) {
    const Op op = graph.node(id).op;
    if (op != Op::kQuantizeLinear && op != Op::kDequantizeLinear) continue;
    const size_t end = is_int8_weight(graph, graph.node(id).inputs[0]) ? 2 : 3;
    for (size_t i = 1; i < std::min(end, graph.node(id).inputs.size()); ++i) {
      const ValueId input = graph.node(id).inputs[i];
      graph.set_input(id, i,
                      first.emplace(content_of(*graph.held_constant(input)), input).first->second);
    }
  }
  return {};
}

}  // namespace octavo
