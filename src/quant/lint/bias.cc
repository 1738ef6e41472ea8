// Biases in the unit of the products, input scale * weight scale, are int32: where that unit is
// small, they do not fit.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "quant/lint/rules.h"

namespace octavo::lint_rules {
namespace {

constexpr int64_t kMost = std::numeric_limits<int32_t>::max();

struct Product {
  QuantParams x;
  QuantParams weights;
};

std::optional<Product> product_of(const Graph& graph, const Node& node) {
  const auto x = behind_dequantize(graph, node.inputs[0]);
  const Node* dequantize = dequantize_before(graph, node.inputs[1]);
  const auto weights = dequantize ? params_of(graph, *dequantize) : std::nullopt;
  if (!x || !weights) return {};
  return Product{x->quant, *weights};
}

void report(Context& context, const Node& node, size_t count, size_t whole) {
  if (count == 0) return;
  context.find("bias_overflow", Severity::kError, node,
               of(count, whole, "biases") +
                   " are beyond int32 in the unit of input scale times weight scale",
               "give these channels a wider weight scale, or leave the node in float (--exclude '" +
                   node.name + "')");
}

Status check_float(Context& context, const Node& node, const Product& product) {
  OCTAVO_ASSIGN_OR_RETURN(const Tensor bias, context.graph().constant(node.inputs[2])->read());
  if (bias.dtype() != DType::kFloat32) return {};
  const std::span<const float> values = bias.values<float>();
  size_t count = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double unit =
        static_cast<double>(product.x.scale[0]) *
        static_cast<double>(product.weights.scale[i % product.weights.scale.size()]);
    count += std::fabs(static_cast<double>(values[i])) > unit * static_cast<double>(kMost) ? 1 : 0;
  }
  report(context, node, count, values.size());
  return {};
}

// Integers at the end of int32 were cut there.
void check_integers(Context& context, const Node& node, const Integers& bias) {
  const std::span<const int32_t> values = bias.tensor.values<int32_t>();
  const auto cut =
      std::count_if(values.begin(), values.end(), [](int64_t b) { return std::abs(b) >= kMost; });
  report(context, node, static_cast<size_t>(cut), values.size());
}

}  // namespace

Status check_bias(Context& context) {
  const Graph& graph = context.graph();
  for (const NodeId id : context.order) {
    const Node& node = graph.node(id);
    if (!is_product(node) || node.inputs.size() < 3 || node.inputs[2] == kNoValue) continue;
    const auto product = product_of(graph, node);
    if (!product) continue;
    OCTAVO_ASSIGN_OR_RETURN(const auto integers,
                            constant_integers(graph, node.inputs[2], DType::kInt32));
    if (integers) check_integers(context, node, *integers);
    if (graph.is_constant(node.inputs[2])) {
      OCTAVO_RETURN_IF_ERROR(check_float(context, node, *product));
    }
  }
  return {};
}

}  // namespace octavo::lint_rules
