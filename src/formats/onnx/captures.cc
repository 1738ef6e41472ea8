// How subgraphs reach what lies around them: the part of GraphReader for nodes with subgraphs.
#include <algorithm>

#include "formats/onnx/graph_reader.h"

namespace octavo::onnx {
namespace {

bool has_both_branches(const Node& node) {
  return node.attrs.get_graph("then_branch") && node.attrs.get_graph("else_branch");
}

}  // namespace

// Captures of all subgraphs together become the last inputs of the node and of every subgraph.
Status GraphReader::connect_subgraphs(RawNode& raw) {
  Node& node = raw.node;
  if (raw.subgraphs.empty() && node.op != Op::kIf) return {};
  if (node.op != Op::kIf) node.op = Op::kUnknown;
  if (node.op == Op::kIf && node.inputs.size() != 1) {
    return unreadable("it takes one input, the condition: export the model again");
  }
  std::vector<GraphReader> inner;
  inner.reserve(raw.subgraphs.size());
  std::vector<ValueId> captured;
  for (const auto& [attribute, message] : raw.subgraphs) {
    inner.emplace_back(context_, this);
    const Status status = inner.back().read_as_part_of(node, message);
    if (!status.ok()) return status.at("subgraph '" + attribute + "'");
    for (const Capture& capture : inner.back().captures_) captured.push_back(capture.outer);
  }
  std::sort(captured.begin(), captured.end());
  captured.erase(std::unique(captured.begin(), captured.end()), captured.end());
  for (size_t i = 0; i < inner.size(); ++i) {
    append_captures(inner[i], captured);
    node.attrs.set(raw.subgraphs[i].first, std::make_shared<Graph>(inner[i].take()));
  }
  node.inputs.insert(node.inputs.end(), captured.begin(), captured.end());
  if (node.op == Op::kUnknown) node.attrs.set(kCaptures, static_cast<int64_t>(captured.size()));
  if (node.op == Op::kUnknown || has_both_branches(node)) return {};
  return unreadable("it lacks one of its two branches: export the model again");
}

// A branch of If takes nothing but captures and gives what the node gives.
Status GraphReader::read_as_part_of(const Node& node, Extent message) {
  OCTAVO_RETURN_IF_ERROR(read(message));
  const bool has_inputs = graph_.inputs.size() != captures_.size();
  const bool fits = !has_inputs && graph_.outputs.size() == node.outputs.size();
  if (node.op != Op::kIf || fits) return {};
  return unreadable("it does not fit: it needs no inputs and as many outputs as the node");
}

void GraphReader::append_captures(GraphReader& inner, const std::vector<ValueId>& captured) {
  std::unordered_map<ValueId, ValueId> stand_ins;
  for (const Capture& capture : inner.captures_) stand_ins[capture.outer] = capture.inner;
  inner.graph_.inputs.resize(inner.graph_.inputs.size() - inner.captures_.size());
  for (const ValueId outer : captured) {
    const auto found = stand_ins.find(outer);
    inner.graph_.inputs.push_back(found != stand_ins.end()
                                      ? found->second
                                      : inner.graph_.add_value({.name = graph_.value(outer).name}));
  }
}

ValueId GraphReader::find(const std::string& name) {
  const auto here = values_.find(name);
  if (here != values_.end()) return here->second;
  const ValueId outside = outer_ == nullptr ? kNoValue : outer_->find(name);
  if (outside == kNoValue) return kNoValue;
  const Value& original = outer_->graph_.value(outside);
  Value stand_in;
  stand_in.name = name;
  stand_in.dtype = original.dtype;
  stand_in.shape = original.shape;
  stand_in.constant = original.constant;  // constants are shared rather than captured
  const bool is_constant = stand_in.constant != nullptr;
  const ValueId inner = graph_.add_value(std::move(stand_in));
  values_[name] = inner;
  if (!is_constant) {
    graph_.inputs.push_back(inner);
    captures_.push_back({outside, inner});
  }
  return inner;
}

}  // namespace octavo::onnx
