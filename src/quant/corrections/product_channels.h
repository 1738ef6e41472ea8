// Which channels a weight of a Conv or Gemm connects.
#pragma once

#include "graph/graph.h"

namespace octavo {

struct ProductChannels {
  size_t outputs = 0;
  size_t groups = 1;
  size_t seen = 0;  // inputs that an output sees
  size_t taps = 1;  // weights for each of them
  bool inputs_first = false;

  // weights: of a Conv (out, in / groups, ...), of a Gemm (out, in) or (in, out).
  static ProductChannels make(const Node& node, const Shape& weights) {
    const bool conv = node.op == Op::kConv;
    const bool inputs_first = !conv && node.attrs.get_int("transB", 0) == 0;
    const int out = inputs_first ? 1 : 0;
    const int64_t groups = conv ? node.attrs.get_int("group", 1) : 1;
    return {static_cast<size_t>(weights[out]), static_cast<size_t>(groups),
            static_cast<size_t>(weights[1 - out]),
            conv ? static_cast<size_t>(weights.count(2, weights.rank())) : 1, inputs_first};
  }

  size_t inputs() const { return seen * groups; }
  // Input channel of the k-th that output o sees.
  size_t input(size_t o, size_t k) const { return o / (outputs / groups) * seen + k; }
  // Of the first of `taps` weights that follow each other.
  size_t place(size_t o, size_t k) const {
    return inputs_first ? k * outputs + o : (o * seen + k) * taps;
  }
};

}  // namespace octavo
