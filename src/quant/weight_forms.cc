#include "quant/weight_forms.h"

#include "quant/compute_layout.h"

namespace octavo {
namespace {

const Constant* float_constant(const Graph& graph, const Node& node, size_t input) {
  const Constant* constant =
      input < node.inputs.size() ? graph.constant(node.inputs[input]) : nullptr;
  const bool fits = constant && constant->dtype() == DType::kFloat32 && constant->count() > 0;
  return fits ? constant : nullptr;
}

// The dimensions before `leading` are channels, all others inputs.
WeightForm rows(size_t input, const Shape& shape, int leading) {
  return {input, Shape{shape.count(0, leading), shape.count(leading, shape.rank())}, 0, 1};
}

std::vector<WeightForm> recurrent_forms(const Graph& graph, const Node& node) {
  std::vector<WeightForm> forms;
  for (const size_t input : {1, 2}) {  // W, R: (directions, gates, inputs)
    const Constant* weights = float_constant(graph, node, input);
    if (!weights || weights->shape().rank() != 3) return {};
    forms.push_back(rows(input, weights->shape(), 2));
  }
  return forms;
}

}  // namespace

std::vector<WeightForm> weight_forms(const Graph& graph, const Node& node) {
  if (node.op == Op::kLSTM || node.op == Op::kGRU) return recurrent_forms(graph, node);
  if (node.op == Op::kGather) {
    const Constant* table = float_constant(graph, node, 0);
    if (!table || table->shape().rank() < 2) return {};
    return {rows(0, table->shape(), 1)};
  }
  const auto layout = compute_layout(graph, node);
  if (!layout) return {};
  const Shape& shape = graph.constant(node.inputs[1])->shape();
  if (layout->axis == 0) {
    WeightForm form = rows(1, shape, 1);
    form.taps = shape.count(2, shape.rank());
    return {form};
  }
  return {{1, shape, 1, 0}};
}

}  // namespace octavo
