// What changed in ONNX's operators between opset 7 and the graph's form, as data.
#pragma once

#include <cstdint>
#include <span>

#include "graph/graph.h"

namespace octavo::onnx {

// An attribute that became an input in opset `since`.
struct MovedAttribute {
  const char* op_type;
  int64_t since;
  const char* attribute;
  size_t input;
};
std::span<const MovedAttribute> moved_attributes();

// Any other change of a node written for an opset before `since`. In order: the first may rename
// the node for the next.
struct Rewrite {
  const char* op_type;
  int64_t since;
  void (*apply)(Graph& graph, Node& node);
};
std::span<const Rewrite> rewrites();
constexpr int64_t kAlways = INT64_MAX;  // `since` of what no opset has brought

// What a node of a known operator may ask for that is not implemented: the reason, or null.
struct Refusal {
  const char* op_type;
  const char* (*check)(const Graph& graph, const Node& node);
};
std::span<const Refusal> refusals();

// Operators, and uses of them, that are newer than the oldest opset that is written.
struct Newcomer {
  const char* op_type;
  int64_t since;
  bool (*applies)(const Graph& graph, const Node& node);
};
std::span<const Newcomer> newcomers();

// Attribute of a Softmax of opset < 13, until settle() has seen to it: the input is taken as a
// matrix, its axes from `axis` on as one.
constexpr const char* kCoerced = "octavo.coerced";

}  // namespace octavo::onnx
