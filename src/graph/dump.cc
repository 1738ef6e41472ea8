#include "graph/graph.h"

namespace octavo {
namespace {

std::string text_of(const Value& value) {
  std::string text = "%" + value.name + " " + name_of(value.dtype);
  text += value.shape ? value.shape->to_string() : "[...]";
  if (value.quant) text += value.quant->per_tensor() ? " quantized" : " quantized per channel";
  if (value.channels_last) text += " channels last";
  return text;
}

std::string list_of(const Graph& graph, const std::vector<ValueId>& ids) {
  std::string text;
  for (const ValueId id : ids) {
    if (!text.empty()) text += ", ";
    text += id == kNoValue ? "-" : "%" + graph.value(id).name;
  }
  return text;
}

std::string indented(const std::string& lines) {
  std::string text;
  bool at_start = true;
  for (const char c : lines) {
    if (at_start) text += "  ";
    text += c;
    at_start = c == '\n';
  }
  return text;
}

template <typename T>
std::string numbers(const std::vector<T>& values) {
  std::string text = "[";
  for (const T& value : values) text += (text.size() > 1 ? ", " : "") + std::to_string(value);
  return text + "]";
}

struct AttributeText {
  std::string operator()(int64_t value) const { return std::to_string(value); }
  std::string operator()(float value) const { return std::to_string(value); }
  std::string operator()(const std::string& value) const { return "\"" + value + "\""; }
  std::string operator()(const std::vector<int64_t>& values) const { return numbers(values); }
  std::string operator()(const std::vector<float>& values) const { return numbers(values); }
  std::string operator()(const std::vector<std::string>& values) const {
    return std::to_string(values.size()) + " strings";
  }
  std::string operator()(const ConstantPtr& tensor) const {
    return tensor ? name_of(tensor->dtype()) + tensor->shape().to_string() : "null";
  }
  std::string operator()(const std::shared_ptr<Graph>& graph) const {
    return graph ? "{\n" + indented(dump(*graph)) + "}" : "null";
  }
};

std::string line_of(const Graph& graph, const Node& node) {
  std::string text;
  for (const ValueId output : node.outputs) {
    if (!text.empty()) text += ", ";
    text += output == kNoValue ? "-" : text_of(graph.value(output));
  }
  text += " = " + (node.op == Op::kUnknown ? node.op_type + "?" : name_of(node.op));
  text += "(" + list_of(graph, node.inputs) + ")";
  for (const auto& [name, attribute] : node.attrs.map()) {
    text += " " + name + "=" + std::visit(AttributeText{}, attribute);
  }
  return text + "\n";
}

}  // namespace

std::string implied_name(const std::string& op_type, const std::string& output) {
  return op_type + "_" + output;
}

std::string describe(const Node& node) {
  const std::string kind = node.op == Op::kUnknown ? node.op_type : name_of(node.op);
  return "node '" + node.name + "' (" + kind + ")";
}

std::string dump(const Graph& graph) {
  std::string text = "inputs";
  for (const ValueId id : graph.inputs) text += " " + text_of(graph.value(id));
  text += "\n";
  for (const NodeId id : graph.live_nodes()) text += line_of(graph, graph.node(id));
  return text + "outputs " + list_of(graph, graph.outputs) + "\n";
}

}  // namespace octavo
