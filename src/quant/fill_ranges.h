// Ranges that follow from others, for ranges that come from a file or by hand and leave gaps.
#pragma once

#include <string>
#include <vector>

#include "quant/ranges.h"
#include "quant/recipe.h"

namespace octavo {

// Adds what the operators tell: what moves elements has the range of its input, Relu and Clip cut
// it, Sigmoid and Tanh know theirs, Add, Sub and Mul have that of interval arithmetic, as in MACE's
// converter (tools/python/transform/transformer.py). Products tell nothing. `known` stays as it is.
Ranges fill_ranges(const Graph& graph, Ranges known);

// Values that values_to_observe() names and that have no range.
std::vector<std::string> values_without_range(const Graph& graph, const Recipe& recipe,
                                              const Ranges& ranges);

}  // namespace octavo
