#include "formats/onnx/node_reader.h"

#include "formats/onnx/onnx.pb.h"

namespace octavo::onnx {
namespace {

// Fields of AttributeProto that are messages: walked by hand.
constexpr int kTensor = 5, kGraph = 6, kTensors = 10, kGraphs = 11, kType = 14, kTypes = 15,
              kSparseTensor = 22, kSparseTensors = 23;
constexpr int kNodeAttribute = 5;

// Files of IR version 1 do not say the type.
int type_of(const AttributeProto& proto, bool has_tensor, bool has_graph) {
  if (proto.has_type() && proto.type() != AttributeProto::UNDEFINED) return proto.type();
  if (has_tensor) return AttributeProto::TENSOR;
  if (has_graph) return AttributeProto::GRAPH;
  if (proto.has_f()) return AttributeProto::FLOAT;
  if (proto.has_i()) return AttributeProto::INT;
  if (proto.has_s()) return AttributeProto::STRING;
  if (proto.floats_size() > 0) return AttributeProto::FLOATS;
  if (proto.strings_size() > 0) return AttributeProto::STRINGS;
  return AttributeProto::INTS;
}

const Field* last_of(const std::vector<Field>& fields, int number) {
  const Field* last = nullptr;
  for (const Field& field : fields) {
    if (field.number == number) last = &field;
  }
  return last;
}

// Sets an attribute that is neither tensor nor graph; false for kinds that a Node cannot hold.
bool set_plain(Attributes& attrs, const AttributeProto& proto, int type) {
  const std::string& name = proto.name();
  switch (type) {
    case AttributeProto::FLOAT:
      attrs.set(name, proto.f());
      return true;
    case AttributeProto::INT:
      attrs.set(name, int64_t{proto.i()});
      return true;
    case AttributeProto::STRING:
      attrs.set(name, proto.s());
      return true;
    case AttributeProto::FLOATS:
      attrs.set(name, std::vector<float>(proto.floats().begin(), proto.floats().end()));
      return true;
    case AttributeProto::INTS:
      attrs.set(name, std::vector<int64_t>(proto.ints().begin(), proto.ints().end()));
      return true;
    case AttributeProto::STRINGS:
      attrs.set(name, std::vector<std::string>(proto.strings().begin(), proto.strings().end()));
      return true;
    default:
      return false;
  }
}

Status read_attribute(ReadContext& context, Extent message, RawNode& raw) {
  std::string plain;
  OCTAVO_ASSIGN_OR_RETURN(const auto fields,
                          context.wire.split(message,
                                             {kTensor, kGraph, kTensors, kGraphs, kType, kTypes,
                                              kSparseTensor, kSparseTensors},
                                             plain));
  AttributeProto proto;
  if (!proto.ParseFromString(plain)) return unreadable("an attribute cannot be parsed");
  if (proto.name().empty()) return unreadable("an attribute has no name: export the model again");

  const std::string place = "attribute '" + proto.name() + "'";
  const Field* tensor = last_of(fields, kTensor);
  const Field* graph = last_of(fields, kGraph);
  const int type = type_of(proto, tensor != nullptr, graph != nullptr);
  if (type == AttributeProto::TENSOR && tensor != nullptr) {
    auto read = context.tensors.read(tensor->payload);
    if (!read.ok()) return read.status().at(place);
    raw.node.attrs.set(proto.name(), share(std::move(read->constant)));
  } else if (type == AttributeProto::GRAPH && graph != nullptr) {
    raw.subgraphs.emplace_back(proto.name(), graph->payload);
  } else if (!set_plain(raw.node.attrs, proto, type)) {
    context.warnings.push_back(describe(raw.node) + ": its " + place +
                               " is of a kind that is not kept (a list of tensors or graphs, a "
                               "sparse tensor, a type): a written model will lack it");
  }
  return {};
}

Tensor string_tensor(const std::vector<std::string>& strings, Shape shape) {
  // As on the wire: field 6 of TensorProto, see TensorReader::read_strings.
  std::string wire;
  for (const std::string& text : strings) {
    wire += "\x32";
    for (size_t size = text.size();; size >>= 7) {
      wire += static_cast<char>((size & 0x7f) | (size < 0x80 ? 0 : 0x80));
      if (size < 0x80) break;
    }
    wire += text;
  }
  return {DType::kString, std::move(shape), Buffer::copy_of(std::span<const char>(wire))};
}

template <typename T>
Tensor vector_tensor(const std::vector<T>& values) {
  return Tensor::from(values, Shape{static_cast<int64_t>(values.size())});
}

struct ConstantOfAttribute {
  ConstantPtr operator()(int64_t value) const { return share(Tensor::scalar(value)); }
  ConstantPtr operator()(float value) const { return share(Tensor::scalar(value)); }
  ConstantPtr operator()(const std::string& value) const {
    return share(string_tensor({value}, {}));
  }
  ConstantPtr operator()(const std::vector<int64_t>& values) const {
    return share(vector_tensor(values));
  }
  ConstantPtr operator()(const std::vector<float>& values) const {
    return share(vector_tensor(values));
  }
  ConstantPtr operator()(const std::vector<std::string>& values) const {
    return share(string_tensor(values, {static_cast<int64_t>(values.size())}));
  }
  ConstantPtr operator()(const ConstantPtr& constant) const { return constant; }
  ConstantPtr operator()(const std::shared_ptr<Graph>&) const { return {}; }  // never: see RawNode
};

}  // namespace

Result<RawNode> read_node(ReadContext& context, Extent message) {
  std::string plain;
  OCTAVO_ASSIGN_OR_RETURN(const auto attributes,
                          context.wire.split(message, {kNodeAttribute}, plain));
  NodeProto proto;
  if (!proto.ParseFromString(plain)) return unreadable("a node cannot be parsed");
  RawNode raw;
  raw.node.op_type = proto.op_type();
  raw.node.domain = proto.domain() == "ai.onnx" ? "" : proto.domain();
  raw.node.name = proto.name();
  raw.inputs.assign(proto.input().begin(), proto.input().end());
  raw.outputs.assign(proto.output().begin(), proto.output().end());
  if (raw.node.name.empty() && !raw.outputs.empty()) {
    raw.node.name = implied_name(raw.node.op_type, raw.outputs.front());
  }
  const std::string place = describe(raw.node);
  if (raw.node.op_type.empty()) {
    return unreadable("it does not say which operator it is: export the model again").at(place);
  }
  for (const Field& attribute : attributes) {
    const Status status = read_attribute(context, attribute.payload, raw);
    if (!status.ok()) return status.at(place);
  }
  return raw;
}

Result<ConstantPtr> constant_of(const Node& node) {
  for (const char* name : {"value", "value_float", "value_int", "value_floats", "value_ints",
                           "value_string", "value_strings"}) {
    const auto found = node.attrs.map().find(name);
    if (found != node.attrs.map().end()) return std::visit(ConstantOfAttribute(), found->second);
  }
  return Status(
      ErrorCode::kModelUnsupported,
      "a constant without dense data (a sparse tensor?): export the model with dense ones",
      describe(node));
}

}  // namespace octavo::onnx
