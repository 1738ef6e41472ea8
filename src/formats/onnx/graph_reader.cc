#include "formats/onnx/graph_reader.h"

#include <algorithm>

#include "formats/onnx/onnx.pb.h"
#include "formats/onnx/ops.h"
#include "formats/onnx/value_info.h"
#include "graph/ops.h"

namespace octavo::onnx {
namespace {

// Fields of GraphProto.
constexpr int kNode = 1, kInitializer = 5, kInput = 11, kOutput = 12, kValueInfo = 13, kSparse = 15;

// Each level is three messages deep: protobuf's own limit of 100.
constexpr int kMaxDepth = 33;

// Graphs look their inputs and outputs up in lists. The largest real models have some hundreds.
constexpr size_t kMaxEnds = 10000;

std::string quoted(const std::string& name) { return "'" + name + "'"; }

// The operator's own number of inputs, all needed ones there.
Status check_inputs(const Node& node) {
  if (node.op == Op::kUnknown) return {};
  const OpInfo& info = info_of(node.op);
  const auto count = static_cast<int>(node.inputs.size());
  const int needed = info.max_inputs < 0 ? std::max(count, info.min_inputs) : info.min_inputs;
  const bool too_many = info.max_inputs >= 0 && count > info.max_inputs;
  const auto end = node.inputs.begin() + std::min(needed, count);
  if (count >= needed && !too_many && std::find(node.inputs.begin(), end, kNoValue) == end)
    return {};
  return unreadable("an operator " + node.op_type + " takes " + std::to_string(info.min_inputs) +
                    (info.max_inputs < 0 ? " or more" : " to " + std::to_string(info.max_inputs)) +
                    " inputs, this one has " + std::to_string(count) +
                    ", or a needed one is left out: export the model again");
}

void drop_trailing_gaps(std::vector<ValueId>& ids) {
  while (!ids.empty() && ids.back() == kNoValue) ids.pop_back();
}

}  // namespace

GraphReader::GraphReader(ReadContext& context, GraphReader* outer)
    : context_(context), outer_(outer), depth_(outer == nullptr ? 0 : outer->depth_ + 1) {}

Status GraphReader::read(Extent message) {
  if (depth_ >= kMaxDepth) {
    return unreadable("graphs within graphs, more than " + std::to_string(kMaxDepth) +
                      " deep: no real model is built like that");
  }
  std::string plain;
  OCTAVO_ASSIGN_OR_RETURN(
      const auto fields,
      context_.wire.split(message, {kNode, kInitializer, kInput, kOutput, kValueInfo, kSparse},
                          plain));
  GraphProto proto;
  if (!proto.ParseFromString(plain)) return unreadable("a graph cannot be parsed");
  graph_.name = proto.name();

  // All names first, then the edges between them: so a file's order does not matter.
  OCTAVO_RETURN_IF_ERROR(each(fields, kSparse, &GraphReader::refuse_sparse));
  OCTAVO_RETURN_IF_ERROR(each(fields, kInitializer, &GraphReader::read_initializer));
  OCTAVO_RETURN_IF_ERROR(each(fields, kInput, &GraphReader::read_input));
  OCTAVO_RETURN_IF_ERROR(each(fields, kNode, &GraphReader::read_node_outputs));
  for (RawNode& raw : nodes_) OCTAVO_RETURN_IF_ERROR(connect(std::move(raw)));
  nodes_.clear();
  OCTAVO_RETURN_IF_ERROR(each(fields, kOutput, &GraphReader::read_output));
  OCTAVO_RETURN_IF_ERROR(each(fields, kValueInfo, &GraphReader::read_value_info));
  if (graph_.inputs.size() > kMaxEnds || graph_.outputs.size() > kMaxEnds) {
    return unreadable("a graph with more than " + std::to_string(kMaxEnds) +
                      " inputs or outputs: no real model is built like that");
  }
  return graph_.topological_order().status();
}

Status GraphReader::each(const std::vector<Field>& fields, int number,
                         Status (GraphReader::*read)(Extent)) {
  for (const Field& field : fields) {
    if (field.number == number) OCTAVO_RETURN_IF_ERROR((this->*read)(field.payload));
  }
  return {};
}

Status GraphReader::refuse_sparse(Extent) {
  return {
      ErrorCode::kModelUnsupported,
      "the model has sparse initializers, which Octavo does not read: export it with dense ones"};
}

Status GraphReader::read_initializer(Extent message) {
  OCTAVO_ASSIGN_OR_RETURN(NamedConstant read, context_.tensors.read(message));
  if (read.name.empty()) return unreadable("an initializer has no name: export the model again");
  Value value;
  value.name = std::move(read.name);
  value.dtype = read.constant.dtype();
  value.shape = read.constant.shape();
  value.constant = share(std::move(read.constant));
  return declare(std::move(value)).status();
}

// Before IR version 4 initializers were listed as inputs too; later that means a default. Both are
// constants here.
Status GraphReader::read_input(Extent message) {
  OCTAVO_ASSIGN_OR_RETURN(Value value, read_value(context_, message, "an input"));
  const auto known = values_.find(value.name);
  if (known != values_.end() && graph_.is_constant(known->second)) return {};
  OCTAVO_ASSIGN_OR_RETURN(const ValueId id, declare(std::move(value)));
  graph_.inputs.push_back(id);
  return {};
}

Status GraphReader::read_node_outputs(Extent message) {
  OCTAVO_ASSIGN_OR_RETURN(RawNode raw, read_node(context_, message));
  const bool is_constant = raw.node.op_type == "Constant" && raw.node.domain.empty();
  const std::string place = describe(raw.node);
  make_name_unique(raw.node);
  for (const std::string& name : raw.outputs) {
    Value value;
    value.name = name;
    if (is_constant) {
      OCTAVO_ASSIGN_OR_RETURN(value.constant, constant_of(raw.node));
      value.dtype = value.constant->dtype();
      value.shape = value.constant->shape();
    }
    if (name.empty()) {
      raw.node.outputs.push_back(kNoValue);
      continue;
    }
    auto id = declare(std::move(value));
    if (!id.ok()) return id.status().at(place);
    raw.node.outputs.push_back(*id);
  }
  if (!is_constant) nodes_.push_back(std::move(raw));
  return {};
}

Status GraphReader::read_output(Extent message) {
  OCTAVO_ASSIGN_OR_RETURN(Value said, read_value(context_, message, "an output"));
  const ValueId id = find(said.name);
  const std::string place = "output " + quoted(said.name);
  if (id == kNoValue) {
    return unreadable("nothing in the model makes it: export the model again").at(place);
  }
  if (!outputs_.insert(id).second) {
    return unreadable("it is listed twice: export the model again").at(place);
  }
  Value& value = graph_.value(id);
  if (value.dtype == DType::kUnknown) value.dtype = said.dtype;
  if (!value.shape && !value.constant) value.shape = said.shape;
  if (value.dim_names.empty()) value.dim_names = said.dim_names;
  graph_.outputs.push_back(id);
  return {};
}

// Inference knows better where it knows; behind unknown operators only the file does.
Status GraphReader::read_value_info(Extent message) {
  OCTAVO_ASSIGN_OR_RETURN(const Value said, read_value(context_, message, "a value's type"));
  const auto found = values_.find(said.name);
  if (found == values_.end()) return {};
  Value& value = graph_.value(found->second);
  if (value.dtype == DType::kUnknown) value.dtype = said.dtype;
  if (!value.shape) value.shape = said.shape;
  return {};
}

Status GraphReader::connect(RawNode raw) {
  const std::string place = describe(raw.node);
  for (const std::string& name : raw.inputs) {
    const ValueId id = name.empty() ? kNoValue : find(name);
    if (id == kNoValue && !name.empty()) {
      return unreadable("it reads " + quoted(name) +
                        ", which no node, input or initializer provides: export the model again")
          .at(place);
    }
    raw.node.inputs.push_back(id);
  }
  drop_trailing_gaps(raw.node.inputs);
  canonicalize(graph_, raw.node, context_);
  Status status = check_inputs(raw.node);
  if (status.ok()) status = connect_subgraphs(raw);
  if (!status.ok()) return status.at(place);
  drop_trailing_gaps(raw.node.outputs);
  const bool is_dead = raw.node.op != Op::kUnknown && raw.node.outputs.empty();
  if (!is_dead) graph_.add_node(std::move(raw.node));
  return {};
}

Result<ValueId> GraphReader::declare(Value value) {
  const std::string name = value.name;
  if (values_.count(name) != 0) {
    return unreadable("two things are called " + quoted(name) +
                      " in one graph, so an edge could mean either: export the model again");
  }
  const ValueId id = graph_.add_value(std::move(value));
  values_[name] = id;
  return id;
}

void GraphReader::make_name_unique(Node& node) {
  const std::string wanted = node.name.empty() ? node.op_type : node.name;
  node.name = wanted;
  for (size_t suffix = node_names_.size(); !node_names_.insert(node.name).second; ++suffix) {
    node.name = wanted + "_" + std::to_string(suffix);
  }
}

}  // namespace octavo::onnx
