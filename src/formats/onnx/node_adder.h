// Adds nodes to a graph that is read already, under names of their own.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "graph/graph.h"

namespace octavo::onnx {

class NodeAdder {
 public:
  explicit NodeAdder(Graph& graph);

  // A node with one output: a new value, or `output`. Its name is made of `stem`, operator and, if
  // need be, more.
  ValueId add(Op op, const std::string& stem, std::vector<ValueId> inputs, Attributes attrs = {},
              ValueId output = kNoValue);

 private:
  Graph& graph_;
  std::unordered_set<std::string> names_;
};

}  // namespace octavo::onnx
