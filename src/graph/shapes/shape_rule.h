// What a shape function is and what it sees. An operator is a line in the table of its group's
// file; rule_list.cc gathers the groups.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "graph/shape_inference.h"

namespace octavo {

class ShapeContext {
 public:
  ShapeContext(const Node& node, std::span<const ValueInfo> inputs, std::span<ValueInfo> outputs)
      : node_(node), inputs_(inputs), outputs_(outputs) {}

  const Node& node() const { return node_; }
  const Attributes& attrs() const { return node_.attrs; }
  std::span<const ValueInfo> inputs() const { return inputs_; }
  size_t input_count() const { return inputs_.size(); }
  size_t output_count() const { return outputs_.size(); }

  bool has(size_t i) const;            // false for an optional input that is left out
  DType dtype(size_t i) const;         // kUnknown also where it is left out
  const Shape* shape(size_t i) const;  // null where unknown
  const Tensor* constant(size_t i) const;
  // The numbers of a constant integer input (axes, a target shape); nullopt where not known.
  std::optional<std::vector<int64_t>> integers(size_t i) const;
  // Elements of an input of rank 1: how many axes there are even where their values are not known.
  std::optional<int64_t> length(size_t i) const;

  // An axis attribute, resolved; fails where it lies outside.
  Result<int> axis(const char* name, int64_t fallback, int rank) const;

  // Outputs that the node does not have are ignored. No shape: nothing is known.
  void set(size_t i, DType dtype, std::optional<Shape> shape) const;
  DType wanted_dtype(size_t i) const;  // what the value said before: lowered operators keep it

 private:
  const Node& node_;
  std::span<const ValueInfo> inputs_;
  std::span<ValueInfo> outputs_;
};

using ShapeFn = Status (*)(const ShapeContext& context);

struct ShapeRule {
  Op op;
  ShapeFn infer;
  // Element types, a letter an input, the last for all that follow:
  //   T  anything, but all T are the same    F  float32 or float64, all the same
  //   i  int32 or int64                      l  int64
  //   b  bool                                .  anything
  const char* types;
  int max_outputs = 1;  // -1: any number
};

std::span<const ShapeRule> elementwise_rules();
std::span<const ShapeRule> normalization_rules();
std::span<const ShapeRule> reduce_rules();
std::span<const ShapeRule> movement_rules();
std::span<const ShapeRule> joining_rules();
std::span<const ShapeRule> slicing_rules();
std::span<const ShapeRule> selection_rules();
std::span<const ShapeRule> reshaping_rules();
std::span<const ShapeRule> resize_rules();
std::span<const ShapeRule> creation_rules();
std::span<const ShapeRule> matrix_rules();
std::span<const ShapeRule> conv_pool_rules();
std::span<const ShapeRule> recurrent_rules();
std::span<const ShapeRule> quantization_rules();
std::span<const ShapeRule> control_rules();

const ShapeRule* find_shape_rule(Op op);  // null where there is none: only for kUnknown

// The rule's letters against the inputs' types.
Status check_types(const ShapeRule& rule, const ShapeContext& context);

// A file whose parts contradict each other.
inline Status contradiction(const std::string& message) {
  return {ErrorCode::kModelUnreadable, message};
}

// Of operators whose first inputs are x and w of 8 bits, and the next, if any, their zero points.
Status check_bytes(const ShapeContext& context);

Shape unknown_shape(int rank);            // every dimension dynamic
bool may_be_equal(int64_t a, int64_t b);  // equal, or one of them dynamic
// Numpy's rule: shapes are aligned at their ends, and dimensions of 1 stretch.
Result<Shape> broadcast(const Shape& a, const Shape& b);

}  // namespace octavo
