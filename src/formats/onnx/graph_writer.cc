#include "formats/onnx/graph_writer.h"

#include <algorithm>

#include "formats/onnx/graph_reader.h"
#include "formats/onnx/message_ropes.h"
#include "formats/onnx/onnx.pb.h"
#include "formats/onnx/ops.h"
#include "formats/onnx/value_info.h"

namespace octavo::onnx {
namespace {

// Fields of the messages that a rope is made for.
constexpr int kGraphNode = 1, kGraphInitializer = 5, kGraphInput = 11, kGraphOutput = 12,
              kGraphValueInfo = 13;
constexpr int kNodeAttribute = 5;
constexpr int kAttributeGraph = 6;

bool has_subgraphs(const Node& node) {
  const auto& attrs = node.attrs.map();
  return std::any_of(attrs.begin(), attrs.end(), [](const auto& entry) {
    return std::holds_alternative<std::shared_ptr<Graph>>(entry.second);
  });
}

template <typename Visit>
void visit_subgraphs(const Graph& graph, const Visit& visit) {
  for (const NodeId id : graph.live_nodes()) {
    for (const auto& [name, attribute] : graph.node(id).attrs.map()) {
      const auto* subgraph = std::get_if<std::shared_ptr<Graph>>(&attribute);
      if (subgraph == nullptr) continue;
      visit(**subgraph);
      visit_subgraphs(**subgraph, visit);
    }
  }
}

// Constants that the written graph refers to, in order of their ids: not those that become
// attributes again.
std::vector<ValueId> used_constants(const Graph& graph, int64_t opset) {
  std::vector<bool> used(graph.value_count(), false);
  for (const ValueId id : graph.outputs) used[static_cast<size_t>(id)] = true;
  for (const NodeId id : graph.live_nodes()) {
    Node node = graph.node(id);
    to_opset(graph, node, opset);
    for (const ValueId input : node.inputs) {
      if (input != kNoValue) used[static_cast<size_t>(input)] = true;
    }
  }
  std::vector<ValueId> constants;
  for (ValueId id = 0; id < static_cast<ValueId>(used.size()); ++id) {
    if (used[static_cast<size_t>(id)] && graph.is_constant(id)) constants.push_back(id);
  }
  return constants;
}

// Inputs in front of those that its subgraphs capture.
size_t own_inputs(const Node& node) {
  if (!has_subgraphs(node)) return node.inputs.size();
  if (node.op == Op::kIf) return 1;
  return node.inputs.size() - static_cast<size_t>(node.attrs.get_int(kCaptures, 0));
}

}  // namespace

GraphWriter::GraphWriter(const Graph& graph, int64_t opset, const GraphWriter* outer,
                         std::vector<ValueId> captured)
    : graph_(graph), opset_(opset), outer_(outer), captured_(std::move(captured)) {
  name_values();
}

// Names are kept, but within a subgraph those that would hide a name of the graph around it.
void GraphWriter::name_values() {
  names_.resize(graph_.value_count());
  is_outside_.resize(graph_.value_count(), false);
  const size_t own = graph_.inputs.size() - captured_.size();
  for (size_t i = 0; i < captured_.size(); ++i) {
    const auto id = static_cast<size_t>(graph_.inputs[own + i]);
    names_[id] = outer_->name_of(captured_[i]);
    is_outside_[id] = true;
  }
  for (size_t i = 0; i < names_.size(); ++i) {
    if (is_outside_[i]) continue;
    const Value& value = graph_.value(static_cast<ValueId>(i));
    is_outside_[i] = outer_ != nullptr && value.constant && is_shared(value);
    names_[i] = is_outside_[i] ? root().shared_.at(value.constant.get()) : fresh_name(value.name);
  }
  if (outer_ == nullptr) share_constants();
}

void GraphWriter::share_constants() {
  std::map<const Constant*, int> graphs_with;
  visit_subgraphs(graph_, [&](const Graph& graph) {
    for (const ValueId id : used_constants(graph, opset_)) ++graphs_with[graph.constant(id)];
  });
  for (const ValueId id : used_constants(graph_, opset_)) {
    shared_.emplace(graph_.constant(id), name_of(id));
  }
  visit_subgraphs(graph_, [&](const Graph& graph) {
    for (const ValueId id : used_constants(graph, opset_)) {
      if (graphs_with[graph.constant(id)] < 2 || shared_.count(graph.constant(id)) != 0) continue;
      shared_.emplace(graph.constant(id), fresh_name(graph.value(id).name));
      shared_in_order_.push_back(graph.value(id).constant);
    }
  });
}

bool GraphWriter::is_taken_outside(const std::string& name) const {
  for (const GraphWriter* at = outer_; at != nullptr; at = at->outer_) {
    if (at->taken_.count(name) != 0) return true;
  }
  return false;
}

std::string GraphWriter::fresh_name(const std::string& wanted) {
  std::string name = wanted;
  for (int suffix = 1; is_taken_outside(name) || !taken_.insert(name).second; ++suffix) {
    name = wanted + "_" + std::to_string(suffix);
  }
  return name;
}

Result<Rope> GraphWriter::write() {
  Rope rope;
  GraphProto proto;
  proto.set_name(graph_.name.empty() ? "graph" : graph_.name);
  rope.append(proto.SerializeAsString());
  OCTAVO_ASSIGN_OR_RETURN(const auto order, graph_.topological_order());
  for (const NodeId id : order) {
    OCTAVO_ASSIGN_OR_RETURN(Rope node, write_node(graph_.node(id)));
    rope.message(kGraphNode, std::move(node));
  }
  OCTAVO_RETURN_IF_ERROR(write_inputs(rope));
  write_outputs(rope);
  write_value_infos(rope);
  write_constants(rope);
  return rope;
}

Result<Rope> GraphWriter::write_node(const Node& original) {
  Node node = original;
  to_opset(graph_, node, opset_);
  NodeProto proto;
  proto.set_op_type(node.op == Op::kUnknown ? node.op_type : octavo::name_of(node.op));
  if (!node.domain.empty()) proto.set_domain(node.domain);
  for (size_t i = 0; i < own_inputs(node); ++i) {
    proto.add_input(node.inputs[i] == kNoValue ? "" : name_of(node.inputs[i]));
  }
  for (const ValueId id : node.outputs) proto.add_output(id == kNoValue ? "" : name_of(id));
  const bool has_output = proto.output_size() > 0;
  if (!has_output || node.name != implied_name(proto.op_type(), proto.output(0))) {
    proto.set_name(node.name);
  }
  Rope rope;
  rope.append(proto.SerializeAsString());
  for (const auto& [name, value] : node.attrs.map()) {
    if (name == kCaptures) continue;
    OCTAVO_ASSIGN_OR_RETURN(Rope attribute, write_attribute(node, name, value));
    rope.message(kNodeAttribute, std::move(attribute));
  }
  return rope;
}

Result<Rope> GraphWriter::write_attribute(const Node& node, const std::string& name,
                                          const Attribute& value) {
  Rope rope = attribute_rope(name, value);
  if (const auto* subgraph = std::get_if<std::shared_ptr<Graph>>(&value)) {
    const auto first = node.inputs.begin() + static_cast<ptrdiff_t>(own_inputs(node));
    GraphWriter inner(**subgraph, opset_, this, {first, node.inputs.end()});
    OCTAVO_ASSIGN_OR_RETURN(Rope graph, inner.write());
    rope.message(kAttributeGraph, std::move(graph));
  }
  return rope;
}

void GraphWriter::write_constants(Rope& rope) {
  for (const ValueId id : used_constants(graph_, opset_)) {
    if (is_outside_[static_cast<size_t>(id)]) continue;
    rope.message(kGraphInitializer, constant_rope(name_of(id), *graph_.constant(id)));
  }
  for (const ConstantPtr& constant : shared_in_order_) {
    rope.message(kGraphInitializer, constant_rope(shared_.at(constant.get()), *constant));
  }
}

Status GraphWriter::write_inputs(Rope& rope) {
  const size_t own = graph_.inputs.size() - captured_.size();
  for (size_t i = 0; i < own; ++i) {
    const Value& value = graph_.value(graph_.inputs[i]);
    if (value.dtype == DType::kUnknown && outer_ == nullptr) {
      return {ErrorCode::kModelUnsupported,
              "only tensors can be written: replace this input by one of tensors",
              "input '" + value.name + "'"};
    }
    rope.message(kGraphInput, value_rope(name_of(graph_.inputs[i]), value));
  }
  return {};
}

// Readers infer the types of values, but not those that come from operators they do not know.
void GraphWriter::write_value_infos(Rope& rope) {
  for (const NodeId id : graph_.live_nodes()) {
    if (graph_.node(id).op != Op::kUnknown && graph_.node(id).domain.empty()) continue;
    for (const ValueId output : graph_.node(id).outputs) {
      if (output == kNoValue || graph_.is_output(output)) continue;
      const Value& value = graph_.value(output);
      if (value.dtype != DType::kUnknown)
        rope.message(kGraphValueInfo, value_rope(name_of(output), value));
    }
  }
}

// What a subgraph gives must come from a node of its own: an Identity where it only passes it on.
void GraphWriter::write_outputs(Rope& rope) {
  for (const ValueId id : graph_.outputs) {
    std::string name = name_of(id);
    if (outer_ != nullptr && graph_.producer(id) == kNoNode) {
      NodeProto identity;
      identity.set_op_type("Identity");
      identity.add_input(name);
      name = fresh_name(name + "_out");
      identity.set_name(name);
      identity.add_output(name);
      Rope node;
      node.append(identity.SerializeAsString());
      rope.message(kGraphNode, std::move(node));
    }
    rope.message(kGraphOutput, value_rope(name, graph_.value(id)));
  }
}

}  // namespace octavo::onnx
