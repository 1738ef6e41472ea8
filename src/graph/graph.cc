#include "graph/graph.h"

#include <algorithm>

namespace octavo {
namespace {

bool contains(const std::vector<ValueId>& ids, ValueId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

// Takes one entry out; from the back, because what was added last mostly goes first.
void remove_one(std::vector<NodeId>& nodes, NodeId node) {
  const auto found = std::find(nodes.rbegin(), nodes.rend(), node);
  assert(found != nodes.rend() && "consumers out of step");
  nodes.erase(std::next(found).base());
}

}  // namespace

ValueId Graph::add_value(Value value) {
  const auto id = static_cast<ValueId>(values_.size());
  value.name = unique_name(value.name);
  by_name_.emplace(value.name, id);
  values_.push_back(std::move(value));
  producer_.push_back(kNoNode);
  consumers_.emplace_back();
  return id;
}

// The suffix starts at the number of values, so that a file of 100,000 equal names costs no search.
std::string Graph::unique_name(const std::string& wanted) const {
  if (!wanted.empty() && by_name_.count(wanted) == 0) return wanted;
  const std::string stem = wanted.empty() ? "value" : wanted;
  for (size_t suffix = values_.size();; ++suffix) {
    std::string name = stem + "_" + std::to_string(suffix);
    if (by_name_.count(name) == 0) return name;
  }
}

ValueId Graph::add_constant(const std::string& name, Constant constant) {
  Value value;
  value.name = name;
  value.dtype = constant.dtype();
  value.shape = constant.shape();
  value.constant = share(std::move(constant));
  return add_value(std::move(value));
}

NodeId Graph::add_node(Node node) {
  const auto id = static_cast<NodeId>(nodes_.size());
  for (const ValueId input : node.inputs) {
    if (input != kNoValue) consumers_[static_cast<size_t>(input)].push_back(id);
  }
  for (const ValueId output : node.outputs) {
    if (output == kNoValue) continue;
    assert(producer(output) == kNoNode && "a value has one producer");
    producer_[static_cast<size_t>(output)] = id;
  }
  nodes_.push_back(std::move(node));
  return id;
}

void Graph::remove_node(NodeId id) {
  Node& dead = node(id);
  assert(!dead.removed);
  for (const ValueId input : dead.inputs) {
    if (input != kNoValue) remove_one(consumers_[static_cast<size_t>(input)], id);
  }
  for (const ValueId output : dead.outputs) {
    if (output != kNoValue) producer_[static_cast<size_t>(output)] = kNoNode;
  }
  dead = Node();
  dead.removed = true;
}

std::vector<NodeId> Graph::live_nodes() const {
  std::vector<NodeId> live;
  live.reserve(nodes_.size());
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i].removed) live.push_back(static_cast<NodeId>(i));
  }
  return live;
}

ValueId Graph::find_value(const std::string& name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? kNoValue : found->second;
}

NodeId Graph::producer(ValueId id) const { return producer_[static_cast<size_t>(id)]; }

const std::vector<NodeId>& Graph::consumers(ValueId id) const {
  return consumers_[static_cast<size_t>(id)];
}

bool Graph::is_input(ValueId id) const { return contains(inputs, id); }

bool Graph::is_output(ValueId id) const { return contains(outputs, id); }

const Constant* Graph::constant(ValueId id) const {
  return id == kNoValue ? nullptr : value(id).constant.get();
}

std::vector<ConstantPtr> Graph::constants(const std::vector<ValueId>& ids) const {
  std::vector<ConstantPtr> found;
  for (const ValueId id : ids) found.push_back(id == kNoValue ? nullptr : value(id).constant);
  return found;
}

const Tensor* Graph::held_constant(ValueId id) const {
  return is_constant(id) ? value(id).constant->held() : nullptr;
}

NodeId Graph::only_consumer(ValueId id) const {
  const auto& users = consumers(id);
  return users.size() == 1 && !is_output(id) ? users.front() : kNoNode;
}

void Graph::set_input(NodeId id, size_t index, ValueId value) {
  Node& user = node(id);
  if (index >= user.inputs.size()) user.inputs.resize(index + 1, kNoValue);
  const ValueId old = user.inputs[index];
  if (old != kNoValue) remove_one(consumers_[static_cast<size_t>(old)], id);
  if (value != kNoValue) consumers_[static_cast<size_t>(value)].push_back(id);
  user.inputs[index] = value;
}

void Graph::set_output(NodeId id, size_t index, ValueId value) {
  Node& maker = node(id);
  if (index >= maker.outputs.size()) maker.outputs.resize(index + 1, kNoValue);
  const ValueId old = maker.outputs[index];
  if (old != kNoValue) producer_[static_cast<size_t>(old)] = kNoNode;
  assert(value == kNoValue || producer(value) == kNoNode);
  if (value != kNoValue) producer_[static_cast<size_t>(value)] = id;
  maker.outputs[index] = value;
}

void Graph::replace_uses(ValueId from, ValueId to) {
  assert(from != to);
  auto& moved = consumers_[static_cast<size_t>(from)];
  for (const NodeId user : moved) {
    auto& slots = node(user).inputs;  // a node twice in `moved` finds nothing the second time
    std::replace(slots.begin(), slots.end(), from, to);
  }
  auto& users = consumers_[static_cast<size_t>(to)];
  users.insert(users.end(), moved.begin(), moved.end());
  moved.clear();

  if (!is_output(from)) return;
  assert(!is_input(to) && !is_output(to) && "two names for one value: keep a node between them");
  std::replace(outputs.begin(), outputs.end(), from, to);
  swap_names(from, to);
}

void Graph::swap_names(ValueId a, ValueId b) {
  std::swap(value(a).name, value(b).name);
  std::swap(value(a).dim_names, value(b).dim_names);
  by_name_[value(a).name] = a;
  by_name_[value(b).name] = b;
}

}  // namespace octavo
