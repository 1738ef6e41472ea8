// Operators of every opset that is read, brought to the one form of the graph and back.
#pragma once

#include <string>

#include "formats/onnx/node_reader.h"
#include "graph/graph.h"

namespace octavo::onnx {

constexpr int64_t kOldestOpset = 7;
constexpr int64_t kNewestOpset = 21;
constexpr int64_t kOldestWritten = 13;  // the first with per-channel QuantizeLinear

// Sets node.op and rewrites attributes and inputs to the opset 18 form, with further constants in
// `graph` where needed; the node is not in the graph yet. A node that asks for what is not
// implemented stays as it was, Op::kUnknown, with a warning.
void canonicalize(Graph& graph, Node& node, ReadContext& context);

// What only a whole graph can tell: subgraphs too. Outputs that nothing uses are dropped, Softmax
// of old opsets gets the rank that it needs.
void settle(Graph& graph, ReadContext& context);

// QLinearConv and its like become DequantizeLinear, the float operator and QuantizeLinear.
void expand_qoperators(Graph& graph);

// The opset that this node's canonical form needs at least: kOldestWritten or more.
int64_t opset_needed(const Graph& graph, const Node& node);
// Inputs that were attributes before `opset` 18 become attributes again: of a copy of the node.
void to_opset(const Graph& graph, Node& node, int64_t opset);

}  // namespace octavo::onnx
