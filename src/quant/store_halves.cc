//   Conv(x, w)   becomes   w (float16) -> Cast(float) -> Conv(x, .)
// Not where a weight is beyond what a half can hold.
#include <algorithm>
#include <cmath>
#include <map>

#include "base/float16.h"
#include "quant/qdq_nodes.h"
#include "quant/stages.h"
#include "quant/weight_forms.h"
#include "quant/weight_scales.h"

namespace octavo {
namespace {

bool fits_halves(const Tensor& weights) {
  const auto values = weights.values<float>();
  return std::all_of(values.begin(), values.end(),
                     [](float x) { return std::fabs(x) <= kLargestHalf; });
}

Tensor halves_of(const Tensor& weights) {
  std::vector<uint16_t> halves;
  for (const float x : weights.values<float>()) halves.push_back(half_from_float(x));
  return {DType::kFloat16, weights.shape(), Buffer::copy_of(std::span<const uint16_t>(halves))};
}

ValueId add_halves(Graph& graph, const std::string& stem, const Tensor& weights) {
  Value real;
  real.name = short_name(graph, 'd');
  real.dtype = DType::kFloat32;
  real.shape = weights.shape();
  Node cast;
  cast.op = Op::kCast;
  cast.op_type = name_of(cast.op);
  cast.attrs.set("to", int64_t{1});  // TensorProto.FLOAT
  cast.inputs = {graph.add_constant(stem + "_half", halves_of(weights))};
  cast.outputs = {graph.add_value(std::move(real))};
  cast.name = implied_name(cast.op_type, graph.value(cast.outputs[0]).name);
  const ValueId made = cast.outputs[0];
  graph.add_node(std::move(cast));
  return made;
}

}  // namespace

Status store_halves(QuantizeState& state) {
  Graph& graph = state.graph;
  std::map<ValueId, ValueId> made;
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, graph.topological_order());
  for (size_t i = 0; i < order.size(); ++i) {
    const NodeId id = order[i];
    if (!state.is_quantized(id)) continue;
    for (const WeightForm& form : weight_forms(graph, graph.node(id))) {
      const ValueId weights = graph.node(id).inputs[form.input];
      if (made.count(weights) == 0) {
        OCTAVO_ASSIGN_OR_RETURN(const Tensor w, finite_constant(graph, graph.node(id), weights));
        made[weights] = fits_halves(w) ? add_halves(graph, graph.value(weights).name, w) : weights;
      }
      if (made[weights] == weights) {
        state.summary[i].quantized = false;
        state.summary[i].reason = "a weight is beyond 65504, the largest float16";
      }
      graph.set_input(id, form.input, made[weights]);
    }
  }
  return {};
}

}  // namespace octavo
