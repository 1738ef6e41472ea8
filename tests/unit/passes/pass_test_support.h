// Running one pass on a graph and looking at what is left.
#pragma once

#include <gtest/gtest.h>

#include "passes/pass_list.h"
#include "tests/unit/graph/graph_builder.h"
#include "tests/unit/passes/fake_evaluator.h"

namespace octavo {

// How often the pass did something; the graph must stay valid.
inline int apply(Result<int> (*pass)(Graph&, const PassContext&), Graph& graph) {
  const Result<int> changes = pass(graph, kFake);
  EXPECT_TRUE(changes.ok()) << changes.status().to_string();
  EXPECT_TRUE(graph.validate().ok()) << graph.validate().to_string();
  return changes.ok() ? *changes : -1;
}

// "Conv Relu": the operators of live nodes in running order.
inline std::string ops_of(const Graph& graph) {
  std::string text;
  const auto order = graph.topological_order();
  for (const NodeId id : order.value()) {
    text += (text.empty() ? "" : " ") + std::string(name_of(graph.node(id).op));
  }
  return text;
}

inline std::vector<float> floats_of(const Graph& graph, ValueId id) {
  const auto values = graph.constant(id)->held()->values<float>();
  return {values.begin(), values.end()};
}

using Floats = std::vector<float>;

}  // namespace octavo
