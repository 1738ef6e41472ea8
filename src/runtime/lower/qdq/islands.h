// What the patterns of lower_qdq look at and how they rewrite: the edges of an island of
// DequantizeLinear -> op -> QuantizeLinear.
#pragma once

#include <limits>
#include <optional>
#include <vector>

#include "graph/graph.h"

namespace octavo {

// Scale and zero point of a QuantizeLinear or DequantizeLinear; nullopt where they are not
// constant, not uint8, int8 or int32, or no positive finite numbers.
std::optional<QuantParams> params_of(const Graph& graph, const Node& node);

// Scale, zero point and type agree; a range that a fused Relu narrowed may differ.
bool same_scale(const QuantParams& a, const QuantParams& b);

// An 8-bit value, seen through the DequantizeLinear that a float operator reads it by.
struct Dequantized {
  ValueId value;
  QuantParams quant;
  NodeId node;  // the DequantizeLinear
};
// One scale for the whole tensor. nullopt where `value` is nothing of the kind.
std::optional<Dequantized> behind_dequantize(const Graph& graph, ValueId value);
// All of a node's inputs; nullopt where one of them is nothing of the kind.
std::optional<std::vector<Dequantized>> all_behind_dequantize(const Graph& graph, const Node& node);

struct Bounds {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
};
// Of a Relu, or of a Clip with constant limits.
std::optional<Bounds> bounds_of(const Graph& graph, const Node& node);

// What follows a node's float output: Relu and Clip, then the one QuantizeLinear that reads it.
struct QuantizedEnd {
  ValueId value = kNoValue;  // the float value that is quantized
  NodeId quantize = kNoNode;
  QuantParams quant;           // one scale, 8 bits; qmin and qmax narrowed to the bounds
  std::vector<NodeId> clamps;  // between the node and `value`
};
// nullopt where anybody else reads a value on the way, or where it is a graph output.
std::optional<QuantizedEnd> quantized_end(const Graph& graph, ValueId output);

// Removes clamps and QuantizeLinear: `end.value` itself is the 8-bit value from now on, under its
// name, and the caller adds its new producer.
void make_8bit(Graph& graph, const QuantizedEnd& end);

// Replaces a node by a lowered one of the same name; kNoValue for an input that is left out.
NodeId replace_node(Graph& graph, NodeId node, Op op, std::vector<ValueId> inputs,
                    std::vector<ValueId> outputs);

// An 8-bit value of the same shape beside a float one, for steps in between.
ValueId add_8bit_value(Graph& graph, ValueId beside, const QuantParams& quant);

// Tells the value its parameters, once they are used.
void annotate(Graph& graph, const Dequantized& x);

}  // namespace octavo
