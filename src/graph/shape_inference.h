// Shapes and dtypes of outputs from those of inputs: one function per operator, used on whole
// graphs before running and on single nodes while running (where every input is known).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "graph/graph.h"

namespace octavo {

// What is known of a value at this moment.
struct ValueInfo {
  DType dtype = DType::kUnknown;
  std::optional<Shape> shape;
  const Tensor* constant =
      nullptr;  // set where the data is known too (Reshape's target, axes, ...)
};

// Infers outputs.size() outputs of one node. An input that is left out has dtype kUnknown and no
// shape. What cannot be known stays dynamic (dims kDynamic, or no shape). kModelUnsupported or
// kModelUnreadable where the inputs contradict the operator ("input 1 has 16 channels, weights want
// 32").
Status infer_node(const Node& node, std::span<const ValueInfo> inputs,
                  std::span<ValueInfo> outputs);

// The same for a node of a graph; the values that it gives are updated.
Status infer_outputs(Graph& graph, NodeId id);

// Infers all values of the graph, subgraphs included. What the file said of a value that a node
// gives is not trusted, but for nodes that are not implemented.
Status infer_shapes(Graph& graph);

}  // namespace octavo
