// What passes have in common: walking over nodes, reading constants, merging one node into another.
#pragma once

#include <optional>
#include <span>

#include "passes/pass.h"

namespace octavo {

// Calls `rewrite` for every node of one kind that is there when it starts; says how often it did
// something.
Result<int> rewrite_each(Graph& graph, Op op, Result<bool> (*rewrite)(Graph& graph, NodeId id));

// Whether it is a float32 constant.
bool is_float_constant(const Graph& graph, ValueId id);
// The numbers of a float32 constant that is in memory; nullopt for everything else.
std::optional<std::span<const float>> float_constant(const Graph& graph, ValueId id);
// Of input `i`, kNoValue where it is left out.
ValueId input_or_none(const Node& node, size_t i);

// The node that gives input `i`, if it is one of kind `op` and nobody else sees what it gives.
NodeId sole_producer(const Graph& graph, const Node& node, size_t i, Op op);

// `next` disappears and `node` gives what it gave: a value keeps the name under which later nodes,
// and people, know it.
void take_over_output(Graph& graph, NodeId node, NodeId next);

// Gives input `i` of a node other data; other users of the constant keep what they have.
void replace_constant(Graph& graph, NodeId id, size_t i, const std::string& name,
                      Constant constant);
// Frees the data of a constant that nothing uses any more.
void drop_if_unused(Graph& graph, ValueId id);

}  // namespace octavo
