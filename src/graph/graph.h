// The intermediate representation: nodes and values that refer to each other by id.
//
// Operators have ONNX semantics in one canonical form, whatever the source format and opset:
// the opset 18 form (axes, pads, min/max and the like are inputs), default domain but for those
// that ONNX has none of (DynamicQuantizeLSTM); readers convert to it and writers from it. The
// lowered operators of a plan (ops.def, second part) never leave it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/status.h"
#include "graph/constant.h"
#include "graph/dtype.h"
#include "graph/quant_params.h"
#include "graph/shape.h"

namespace octavo {

using ValueId = int32_t;
using NodeId = int32_t;
constexpr ValueId kNoValue = -1;  // an optional input that is left out
constexpr NodeId kNoNode = -1;

enum class Op : uint16_t {
  kUnknown,  // not implemented; Node::op_type and domain tell what it is
#define OCTAVO_OP(name, ...) k##name,
#include "graph/ops.def"
#undef OCTAVO_OP
};

const char* name_of(Op op);
// kUnknown where there is none; lowered operators are not found.
Op op_from_name(const std::string& name);

class Graph;
using Attribute =
    std::variant<int64_t, float, std::string, std::vector<int64_t>, std::vector<float>,
                 std::vector<std::string>, ConstantPtr, std::shared_ptr<Graph>>;

// Attributes by name; a getter returns the fallback where the attribute is absent or of another
// type.
class Attributes {
 public:
  void set(const std::string& name, Attribute value) { map_[name] = std::move(value); }
  void erase(const std::string& name) { map_.erase(name); }
  bool has(const std::string& name) const { return map_.count(name) != 0; }

  int64_t get_int(const std::string& name, int64_t fallback) const;
  float get_float(const std::string& name, float fallback) const;
  std::string get_string(const std::string& name, const std::string& fallback) const;
  std::vector<int64_t> get_ints(const std::string& name, std::vector<int64_t> fallback = {}) const;
  std::vector<float> get_floats(const std::string& name) const;
  ConstantPtr get_tensor(const std::string& name) const;  // null where absent
  std::shared_ptr<Graph> get_graph(const std::string& name) const;

  const std::map<std::string, Attribute>& map() const { return map_; }

 private:
  std::map<std::string, Attribute> map_;
};

// An edge: what a node, the user or a constant provides and nodes consume.
struct Value {
  std::string name;  // unique within its graph
  DType dtype = DType::kUnknown;
  std::optional<Shape> shape;          // nullopt: rank unknown
  std::vector<std::string> dim_names;  // of graph inputs and outputs: "N", or "" where a number
  ConstantPtr constant;                // data of an initializer; null for all others
  std::optional<QuantParams> quant;    // the only home of quantization parameters
  bool channels_last = false;  // lowered graphs only: dims are (N, H, W, C), not (N, C, H, W)
};

struct Node {
  Op op = Op::kUnknown;
  std::string op_type;  // name in the source, also where op is kUnknown
  std::string domain;
  std::string name;  // unique and never empty after reading
  Attributes attrs;
  std::vector<ValueId> inputs;   // kNoValue where an optional input is left out
  std::vector<ValueId> outputs;  // kNoValue where an optional output is unused
  bool removed = false;
};
// A node with subgraphs (If: attributes then_branch, else_branch) takes what its branches use from
// outside as further inputs, after its own; each subgraph has exactly these as its inputs, in
// order.

class Graph {
 public:
  std::string name;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;

  ValueId add_value(Value value);  // makes the name unique by a suffix where it is taken or empty
  ValueId add_constant(const std::string& name, Constant constant);
  NodeId add_node(Node node);   // becomes the producer of its outputs
  void remove_node(NodeId id);  // its outputs lose their producer

  size_t value_count() const { return values_.size(); }
  size_t node_count() const { return nodes_.size(); }  // with removed ones
  Value& value(ValueId id) { return values_[static_cast<size_t>(id)]; }
  const Value& value(ValueId id) const { return values_[static_cast<size_t>(id)]; }
  Node& node(NodeId id) { return nodes_[static_cast<size_t>(id)]; }
  const Node& node(NodeId id) const { return nodes_[static_cast<size_t>(id)]; }

  std::vector<NodeId> live_nodes() const;                 // in order of insertion
  Result<std::vector<NodeId>> topological_order() const;  // kModelUnreadable names a cycle's node
  ValueId find_value(const std::string& name) const;      // kNoValue where there is none

  NodeId producer(ValueId id) const;                       // kNoNode for inputs and constants
  const std::vector<NodeId>& consumers(ValueId id) const;  // each node once per use
  bool is_input(ValueId id) const;
  bool is_output(ValueId id) const;
  bool is_constant(ValueId id) const { return id != kNoValue && value(id).constant != nullptr; }
  // Null for kNoValue and for values that are not constant.
  const Constant* constant(ValueId id) const;
  // Its data, where that is in memory, as numbers and vectors always are; else null.
  const Tensor* held_constant(ValueId id) const;
  // One for each, null likewise.
  std::vector<ConstantPtr> constants(const std::vector<ValueId>& ids) const;
  // The one consumer of a value that is no graph output; kNoNode where there are none or several.
  NodeId only_consumer(ValueId id) const;

  void set_input(NodeId node, size_t index, ValueId value);
  void set_output(NodeId node, size_t index, ValueId value);
  // Every use of `from`, graph outputs included, becomes a use of `to`. A graph output keeps its
  // name: where `from` was one, `to` takes over its name, and so must be no graph input or output.
  void replace_uses(ValueId from, ValueId to);

  // Drops removed nodes, and values that nothing refers to, and renumbers. Ids before are void.
  void compact();

  // Our own promises: ids in range, one source per value (producer, input or constant) and none
  // missing where it is used, consumers in step, unique names. kInternal names the fault.
  Status validate() const;

 private:
  std::string unique_name(const std::string& wanted) const;
  void swap_names(ValueId a, ValueId b);

  std::vector<Value> values_;
  std::vector<Node> nodes_;
  std::vector<NodeId> producer_;                // by value
  std::vector<std::vector<NodeId>> consumers_;  // by value
  std::map<std::string, ValueId> by_name_;
};

// What a reader returns and a writer takes.
struct Model {
  Graph graph;
  std::string format;                      // "onnx"
  int64_t opset = 0;                       // of the default domain, as the file said
  std::map<std::string, int64_t> domains;  // other operator sets that the file imports
  std::map<std::string, std::string> metadata;
  std::string producer;
  std::vector<std::string> warnings;  // of the reader, for people
  uint64_t bytes = 0;                 // size of the file and its external data
};

// What a node without a name is called, by its first output: "Conv_y".
std::string implied_name(const std::string& op_type, const std::string& output);
// "node 'conv1' (Conv)"
std::string describe(const Node& node);
// Several lines of text for people and tests: one line a node.
std::string dump(const Graph& graph);

}  // namespace octavo
