#include "formats/onnx/graph_reader.h"

#include <algorithm>

#include "formats/onnx/element_type.h"
#include "formats/onnx/onnx.pb.h"
#include "formats/onnx/ops.h"
#include "graph/ops.h"

namespace octavo::onnx {
namespace {

// Fields of GraphProto.
constexpr int kNode = 1, kInitializer = 5, kInput = 11, kOutput = 12, kValueInfo = 13, kSparse = 15;

// Each level is three messages deep: protobuf's own limit of 100.
constexpr int kMaxDepth = 33;

// Graphs look their inputs and outputs up in lists. The largest real models have some hundreds.
constexpr size_t kMaxEnds = 10000;

Status unreadable(std::string message) { return {ErrorCode::kModelUnreadable, std::move(message)}; }

std::string quoted(const std::string& name) { return "'" + name + "'"; }

// Some exporters write 0 or -1 where a size is not known.
void set_shape(Value& value, const TensorShapeProto& proto) {
  Shape shape;
  for (const auto& dim : proto.dim()) {
    shape.dims().push_back(dim.dim_value() > 0 ? dim.dim_value() : kDynamic);
    value.dim_names.push_back(dim.dim_value() > 0 ? "" : dim.dim_param());
  }
  value.shape = std::move(shape);
}

Result<Value> read_value(ReadContext& context, Extent message, const char* what) {
  OCTAVO_ASSIGN_OR_RETURN(const std::string bytes, context.wire.text(message));
  ValueInfoProto proto;
  if (!proto.ParseFromString(bytes)) return unreadable(std::string(what) + " cannot be parsed");
  if (proto.name().empty())
    return unreadable(std::string(what) + " has no name: export the model again");
  Value value;
  value.name = proto.name();
  if (!proto.type().has_tensor_type()) return value;
  const auto& type = proto.type().tensor_type();
  if (type.shape().dim_size() > kMaxRank) {
    return unreadable("it has " + std::to_string(type.shape().dim_size()) +
                      " dimensions: the file is damaged, export it again")
        .at(std::string(what) + " " + quoted(value.name));
  }
  context.has_half |= is_half(type.elem_type());
  value.dtype = element_type(type.elem_type()).dtype;
  if (type.has_shape()) set_shape(value, type.shape());
  return value;
}

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
  const struct {
    int field;
    Status (GraphReader::*read)(Extent);
  } steps[] = {{kInitializer, &GraphReader::read_initializer},
               {kInput, &GraphReader::read_input},
               {kNode, &GraphReader::read_node_outputs}};
  for (const auto& step : steps) {
    for (const Field& field : fields) {
      if (field.number == step.field) OCTAVO_RETURN_IF_ERROR((this->*step.read)(field.payload));
    }
  }
  if (std::any_of(fields.begin(), fields.end(),
                  [](const Field& f) { return f.number == kSparse; })) {
    return {
        ErrorCode::kModelUnsupported,
        "the model has sparse initializers, which Octavo does not read: export it with dense ones"};
  }
  for (RawNode& raw : nodes_) OCTAVO_RETURN_IF_ERROR(connect(std::move(raw)));
  nodes_.clear();
  for (const Field& field : fields) {
    if (field.number == kOutput) OCTAVO_RETURN_IF_ERROR(read_output(field.payload));
    if (field.number == kValueInfo) OCTAVO_RETURN_IF_ERROR(read_value_info(field.payload));
  }
  if (graph_.inputs.size() > kMaxEnds || graph_.outputs.size() > kMaxEnds) {
    return unreadable("a graph with more than " + std::to_string(kMaxEnds) +
                      " inputs or outputs: no real model is built like that");
  }
  return graph_.topological_order().status();
}

Status GraphReader::read_initializer(Extent message) {
  OCTAVO_ASSIGN_OR_RETURN(NamedTensor read, context_.tensors.read(message));
  if (read.name.empty()) return unreadable("an initializer has no name: export the model again");
  Value value;
  value.name = std::move(read.name);
  value.dtype = read.tensor.dtype();
  value.shape = read.tensor.shape();
  value.constant = share(std::move(read.tensor));
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
      OCTAVO_ASSIGN_OR_RETURN(Tensor tensor, constant_of(raw.node));
      value.dtype = tensor.dtype();
      value.shape = tensor.shape();
      value.constant = share(std::move(tensor));
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
  Status status = connect_subgraphs(raw);
  if (status.ok()) status = check_inputs(raw.node);
  if (!status.ok()) return status.at(place);
  drop_trailing_gaps(raw.node.outputs);
  const bool is_dead = raw.node.op != Op::kUnknown && raw.node.outputs.empty();
  if (!is_dead) graph_.add_node(std::move(raw.node));
  return {};
}

// Captures of all subgraphs together become the last inputs of the node and of every subgraph.
Status GraphReader::connect_subgraphs(RawNode& raw) {
  Node& node = raw.node;
  if (raw.subgraphs.empty() && node.op != Op::kIf) return {};
  if (node.op != Op::kIf) node.op = Op::kUnknown;
  std::vector<GraphReader> inner;
  inner.reserve(raw.subgraphs.size());
  std::vector<ValueId> captured;
  for (const auto& [attribute, message] : raw.subgraphs) {
    inner.emplace_back(context_, this);
    const Status status = inner.back().read(message);
    if (!status.ok()) return status.at("subgraph " + quoted(attribute));
    const Graph& graph = inner.back().graph_;
    const bool has_inputs = graph.inputs.size() != inner.back().captures_.size();
    if (node.op == Op::kIf && (has_inputs || graph.outputs.size() != node.outputs.size())) {
      return unreadable("its subgraph " + quoted(attribute) +
                        " does not fit: it needs no inputs and as many outputs as the node");
    }
    for (const Capture& capture : inner.back().captures_) captured.push_back(capture.outer);
  }
  std::sort(captured.begin(), captured.end());
  captured.erase(std::unique(captured.begin(), captured.end()), captured.end());
  if (node.op == Op::kUnknown) node.attrs.set(kCaptures, static_cast<int64_t>(captured.size()));
  for (size_t i = 0; i < inner.size(); ++i) {
    append_captures(inner[i], captured);
    node.attrs.set(raw.subgraphs[i].first, std::make_shared<Graph>(inner[i].take()));
  }
  node.inputs.insert(node.inputs.end(), captured.begin(), captured.end());
  const bool has_branches =
      node.attrs.get_graph("then_branch") && node.attrs.get_graph("else_branch");
  if (node.op != Op::kIf || has_branches) return {};
  return unreadable("it lacks one of its two branches: export the model again");
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

void GraphReader::make_name_unique(Node& node) {
  const std::string wanted = node.name.empty() ? node.op_type : node.name;
  node.name = wanted;
  for (size_t suffix = node_names_.size(); !node_names_.insert(node.name).second; ++suffix) {
    node.name = wanted + "_" + std::to_string(suffix);
  }
}

}  // namespace octavo::onnx
