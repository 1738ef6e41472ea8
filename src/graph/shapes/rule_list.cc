// Every operator's shape function by operator; the groups' tables in one.
#include <array>

#include "graph/ops.h"
#include "graph/shapes/shape_rule.h"

namespace octavo {
namespace {

constexpr std::array kGroups = {
    control_rules, conv_pool_rules, creation_rules,      elementwise_rules,  joining_rules,
    matrix_rules,  movement_rules,  normalization_rules, quantization_rules, recurrent_rules,
    reduce_rules,  reshaping_rules, resize_rules,        selection_rules,    slicing_rules};

#define OCTAVO_OP(...) +1
constexpr size_t kOpCount = 1
#include "graph/ops.def"
    ;
#undef OCTAVO_OP

using Index = std::array<const ShapeRule*, kOpCount>;

Index make_index() {
  Index index{};
  for (const auto group : kGroups) {
    for (const ShapeRule& rule : group()) index[static_cast<size_t>(rule.op)] = &rule;
  }
  return index;
}

}  // namespace

const ShapeRule* find_shape_rule(Op op) {
  static const Index index = make_index();
  return index[static_cast<size_t>(op)];
}

}  // namespace octavo
