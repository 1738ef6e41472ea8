// Scales that no engine can compute with.
#include <algorithm>
#include <cmath>

#include "quant/lint/rules.h"

namespace octavo::lint_rules {

Status check_scales(Context& context) {
  const Graph& graph = context.graph();
  for (const NodeId id : context.order) {
    const Node& node = graph.node(id);
    if (node.op != Op::kQuantizeLinear && node.op != Op::kDequantizeLinear) continue;
    const Tensor* scale = graph.held_constant(node.inputs[1]);
    if (!scale || scale->dtype() != DType::kFloat32) continue;
    const std::span<const float> values = scale->values<float>();
    // Weights in blocks have negative ones, too: where the largest is to be a -8.
    const bool may_be_negative =
        node.op == Op::kDequantizeLinear && graph.is_constant(node.inputs[0]);
    const auto bad = [&](float x) {
      return !std::isfinite(x) || (may_be_negative ? x == 0 : !(x > 0));
    };
    const auto count = static_cast<size_t>(std::count_if(values.begin(), values.end(), bad));
    if (count == 0) continue;
    context.find("bad_scale", Severity::kError, node,
                 of(count, values.size(), "scales") + " are zero, negative, infinite or NaN",
                 "quantize again; channels of nothing but zeros want any positive scale");
  }
  return {};
}

}  // namespace octavo::lint_rules
