// How each operator works on (N, H, W, C) values.
#pragma once

#include "graph/graph.h"
#include "runtime/lower/layout_twins.h"

namespace octavo {

struct LayoutRule {
  Op op;
  // Rewrites the node for (N, H, W, C), or returns false and has changed nothing.
  bool (*apply)(Graph& graph, LayoutTwins& twins, NodeId id);
  bool starts = false;  // asked also where no input is (N, H, W, C) yet
};

const LayoutRule* find_layout_rule(Op op);  // null: the operator works on (N, C, H, W) only

// The rule of a Reshape that begins a channel shuffle.
bool shuffle_channels(Graph& graph, LayoutTwins& twins, NodeId id);

}  // namespace octavo
