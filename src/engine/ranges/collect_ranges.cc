// From a graph and what is known of its values to a file of ranges.
#include "engine/ranges/layers.h"
#include "engine/ranges/match_ranges.h"
#include "quant/compute_layout.h"
#include "quant/six_bits.h"
#include "quant/weight_scales.h"

namespace octavo {
namespace {

Status add_layer(const Graph& graph, const Node& node, const Ranges& ranges, const Recipe& recipe,
                 RangeFile& file) {
  if (!is_layer(graph, node) || !excluded_by(recipe, graph, node).empty()) return {};
  const auto input = ranges.find(graph.value(node.inputs[0]).name);
  if (input == ranges.end()) return {};
  const std::string& name = layer_name(graph, node);
  file.inputs.push_back({name, input->second.range});
  NamedScales weights{name, {}};
  const auto given = ranges.find(graph.value(node.inputs[1]).name);
  if (given != ranges.end() && !given->second.magnitudes.empty()) {
    for (const float magnitude : given->second.magnitudes) {
      weights.scales.push_back(static_cast<float>(kWeightSteps / static_cast<double>(magnitude)));
    }
  } else {
    OCTAVO_ASSIGN_OR_RETURN(const Tensor tensor, finite_constant(graph, node, node.inputs[1]));
    const int axis = compute_layout(graph, node)->axis;
    QuantParams params = scales_of_weights(tensor, axis, Granularity::kPerChannel, recipe);
    if (recipe.six_bit_3x3 && takes_six_bits(graph, node)) narrow_to_six_bits(params);
    for (const float scale : params.scale) weights.scales.push_back(1 / scale);
  }
  file.weights.push_back(std::move(weights));
  return {};
}

}  // namespace

const std::string& layer_name(const Graph& graph, const Node& node) {
  return node.name.empty() ? graph.value(node.outputs[0]).name : node.name;
}

bool is_layer(const Graph& graph, const Node& node) {
  const bool known = node.op == Op::kConv || node.op == Op::kGemm || node.op == Op::kMatMul;
  return known && compute_layout(graph, node).has_value();
}

Result<std::vector<std::string>> values_in_order(const Graph& graph) {
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, graph.topological_order());
  std::vector<std::string> names;
  for (ValueId id : graph.inputs) names.push_back(graph.value(id).name);
  for (NodeId node : order) {
    for (ValueId id : graph.node(node).outputs) {
      if (id != kNoValue) names.push_back(graph.value(id).name);
    }
  }
  return names;
}

Result<RangeFile> range_file_of(const Graph& graph, const Ranges& ranges, const Recipe& recipe) {
  RangeFile file;
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<std::string> names, values_in_order(graph));
  for (const std::string& name : names) {
    const auto found = ranges.find(name);
    if (found != ranges.end()) file.values.push_back({name, found->second.range});
  }
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, graph.topological_order());
  for (NodeId id : order) {
    OCTAVO_RETURN_IF_ERROR(add_layer(graph, graph.node(id), ranges, recipe, file));
  }
  return file;
}

}  // namespace octavo
