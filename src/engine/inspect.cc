#include "engine/inspect.h"

#include <algorithm>
#include <map>

#include "graph/ops.h"
#include "quant/stages.h"
#include "runtime/lower/lower.h"
#include "runtime/op.h"

namespace octavo {
namespace {

std::string shape_text(const Value& value) {
  if (!value.shape) return "?";
  std::string text = "[";
  for (int i = 0; i < value.shape->rank(); ++i) {
    const size_t at = static_cast<size_t>(i);
    const bool named = at < value.dim_names.size() && !value.dim_names[at].empty();
    const int64_t dim = (*value.shape)[i];
    text += i == 0 ? "" : ", ";
    text += dim != kDynamic ? std::to_string(dim) : named ? value.dim_names[at] : "?";
  }
  return text + "]";
}

std::vector<InspectedValue> inspected(const Graph& graph, const std::vector<ValueId>& ids) {
  std::vector<InspectedValue> out;
  for (const ValueId id : ids) {
    const Value& value = graph.value(id);
    out.push_back({value.name, name_of(value.dtype), shape_text(value)});
  }
  return out;
}

bool carries_quantization(Op op) {
  return op == Op::kQuantizeLinear || op == Op::kDequantizeLinear ||
         op == Op::kDynamicQuantizeLinear;
}

// What is quantized lies behind a DequantizeLinear.
ValueId stored_value(const Graph& graph, ValueId id) {
  const NodeId producer = id == kNoValue ? kNoNode : graph.producer(id);
  if (producer == kNoNode || graph.node(producer).op != Op::kDequantizeLinear) return id;
  return graph.node(producer).inputs[0];
}

int64_t parameters_of(const Graph& graph, const Node& node) {
  int64_t count = 0;
  for (const ValueId id : node.inputs) {
    if (const Constant* constant = graph.constant(stored_value(graph, id)))
      count += constant->count();
  }
  return count;
}

// A range for every value, so that only operators decide what can be quantized.
Ranges any_ranges(const Graph& graph) {
  Ranges ranges;
  for (size_t i = 0; i < graph.value_count(); ++i) {
    ranges[graph.value(static_cast<ValueId>(i)).name] = {{-1, 1}, 1, "min_max"};
  }
  return ranges;
}

std::vector<NodeSummary> preview(const Graph& graph) {
  Graph copy = graph;
  const Ranges ranges = any_ranges(graph);
  const Recipe recipe;
  QuantizeState state{copy, ranges, recipe, {}, {}, {}, {}, {}};
  return choose_nodes(state).ok() ? state.summary : std::vector<NodeSummary>();
}

bool is_quantized(const Graph& graph) {
  const std::vector<NodeId> nodes = graph.live_nodes();
  return std::any_of(nodes.begin(), nodes.end(),
                     [&](NodeId id) { return is_of_quantized_models(graph.node(id).op); });
}

// By name, the nodes that lowering leaves, and whether they are integer ones. It takes clamps and
// the like into their producers.
Result<std::map<std::string, bool>> lowered_nodes(const Graph& graph) {
  Graph lowered = graph;
  std::map<std::string, bool> nodes;
  Status status = lower_qdq(lowered);
  if (status.ok()) status = fuse_integer_products(lowered);
  if (status.code() == ErrorCode::kIo) return status;
  if (!status.ok()) return nodes;  // running the model tells
  for (const NodeId id : lowered.live_nodes()) {
    const Node& node = lowered.node(id);
    const auto is_8_bit = [&](ValueId value) {
      return value != kNoValue && (lowered.value(value).dtype == DType::kUint8 ||
                                   lowered.value(value).dtype == DType::kInt8);
    };
    nodes[node.name] = std::any_of(node.inputs.begin(), node.inputs.end(), is_8_bit);
  }
  return nodes;
}

InspectedLayer inspected(const Graph& graph, const Node& node) {
  InspectedLayer layer;
  layer.name = node.name;
  layer.op = node.domain.empty() ? node.op_type : node.domain + ":" + node.op_type;
  const bool has_output = !node.outputs.empty() && node.outputs[0] != kNoValue;
  layer.shape = has_output ? shape_text(graph.value(node.outputs[0])) : "?";
  layer.parameters = parameters_of(graph, node);
  layer.supported = find_op(node.op) != nullptr;
  if (!layer.supported) layer.reason = "operator not supported";
  return layer;
}

std::string number(int64_t n) {
  std::string digits = std::to_string(n);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<size_t>(at), " ");
  }
  return digits;
}

std::string padded(std::string text, size_t width) {
  if (text.size() > width) text = text.substr(0, width - 3) + "...";
  return text.append(width - text.size(), ' ');
}

template <typename... Args>
std::string format(const char* pattern, Args... args) {
  char buffer[256];
  std::snprintf(buffer, sizeof buffer, pattern, args...);
  return buffer;
}

std::string values_text(const char* what, const std::vector<InspectedValue>& values) {
  std::string text;
  for (const InspectedValue& v : values) {
    text += format("  %-11s ", text.empty() ? what : "") + v.name + " " + v.dtype + " " + v.shape +
            "\n";
  }
  return text;
}

}  // namespace

int64_t Inspection::unsupported() const {
  return std::count_if(layers.begin(), layers.end(),
                       [](const InspectedLayer& l) { return !l.supported; });
}

int64_t Inspection::quantizable() const {
  return std::count_if(layers.begin(), layers.end(),
                       [](const InspectedLayer& l) { return l.quantizable; });
}

int64_t Inspection::quantized() const {
  return std::count_if(layers.begin(), layers.end(),
                       [](const InspectedLayer& l) { return l.quantized; });
}

Result<Inspection> inspect(const Model& model) {
  const Graph& graph = model.graph;
  Inspection out;
  out.format = model.format;
  out.producer = model.producer;
  out.opset = model.opset;
  out.bytes = model.bytes;
  out.inputs = inspected(graph, graph.inputs);
  out.outputs = inspected(graph, graph.outputs);
  out.warnings = model.warnings;
  out.is_quantized = is_quantized(graph);
  for (size_t i = 0; i < graph.value_count(); ++i) {
    const Constant* constant = graph.constant(static_cast<ValueId>(i));
    if (constant) out.parameters += constant->count();
  }
  std::map<std::string, NodeSummary> previews;
  std::map<std::string, bool> lowered;
  if (out.is_quantized) {
    OCTAVO_ASSIGN_OR_RETURN(lowered, lowered_nodes(graph));
  } else {
    for (const NodeSummary& line : preview(graph)) previews[line.name] = line;
  }
  const Result<std::vector<NodeId>> order = graph.topological_order();
  for (const NodeId id : order.ok() ? *order : graph.live_nodes()) {
    if (carries_quantization(graph.node(id).op)) continue;
    InspectedLayer layer = inspected(graph, graph.node(id));
    if (const auto line = previews.find(layer.name); layer.supported && line != previews.end()) {
      layer.quantizable = line->second.quantized;
      layer.reason = line->second.reason;
    }
    if (const auto node = lowered.find(layer.name); layer.supported && node != lowered.end()) {
      layer.quantized = node->second;
      if (!layer.quantized) layer.reason = "runs in float";
    }
    out.layers.push_back(std::move(layer));
  }
  return out;
}

OrderedJson to_json(const Inspection& i) {
  const auto values = [](const std::vector<InspectedValue>& list) {
    OrderedJson array = OrderedJson::array();
    for (const InspectedValue& v : list) {
      array.push_back({{"name", v.name}, {"dtype", v.dtype}, {"shape", v.shape}});
    }
    return array;
  };
  OrderedJson layers = OrderedJson::array();
  OrderedJson unsupported = OrderedJson::array();
  for (const InspectedLayer& l : i.layers) {
    layers.push_back({{"name", l.name},
                      {"op", l.op},
                      {"shape", l.shape},
                      {"parameters", l.parameters},
                      {"supported", l.supported},
                      {"quantizable", l.quantizable},
                      {"quantized", l.quantized},
                      {"reason", l.reason}});
    if (!l.supported) unsupported.push_back({{"name", l.name}, {"op", l.op}});
  }
  return {{"schema", 1},
          {"format", i.format},
          {"producer", i.producer},
          {"opset", i.opset},
          {"bytes", i.bytes},
          {"parameters", i.parameters},
          {"inputs", values(i.inputs)},
          {"outputs", values(i.outputs)},
          {"is_quantized", i.is_quantized},
          {"nodes", i.layers.size()},
          {"quantizable", i.quantizable()},
          {"quantized", i.quantized()},
          {"unsupported", unsupported},
          {"warnings", i.warnings},
          {"layers", layers}};
}

std::string to_text(const Inspection& i) {
  std::string text = format("  %-11s %s, opset %lld%s%s\n", "format", i.format.c_str(),
                            static_cast<long long>(i.opset), i.producer.empty() ? "" : ", by ",
                            i.producer.substr(0, 60).c_str());
  text += format("  %-11s %.2f MB, %s parameters\n", "size", static_cast<double>(i.bytes) / 1e6,
                 number(i.parameters).c_str());
  text += values_text("inputs", i.inputs) + values_text("outputs", i.outputs);
  const long long nodes = static_cast<long long>(i.layers.size());
  text += format("  %-11s %lld, %lld %s\n", "layers", nodes,
                 static_cast<long long>(i.is_quantized ? i.quantized() : i.quantizable()),
                 i.is_quantized ? "in int8" : "can become int8");
  for (const std::string& warning : i.warnings) text += "  warning     " + warning + "\n";
  if (const int64_t n = i.unsupported(); n > 0) {
    text += format(
        "  %-11s %lld nodes have operators that do not run here; the rest can be looked at\n",
        "not run", static_cast<long long>(n));
  }
  text += "\n  " + padded("layer", 34) + padded("op", 20) + padded("output", 20) + "int8\n";
  for (const InspectedLayer& l : i.layers) {
    text += "  " + padded(l.name, 33) + " " + padded(l.op, 19) + " " + padded(l.shape, 19) + " " +
            (l.quantizable || l.quantized ? "yes"
             : !l.reason.empty()          ? l.reason
                                          : "-") +
            "\n";
  }
  return text;
}

}  // namespace octavo
