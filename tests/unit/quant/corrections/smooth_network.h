// Two blocks of a transformer without their attention.
#pragma once

#include "tests/unit/quant/small_network.h"

namespace octavo {

inline const Shape kText = {1, 5, 6};  // five tokens of six features

// x -> LayerNormalization 'norm' -> MatMul 'q', MatMul 'k' -> Add -> Mul, Add by vectors ('beta')
//   -> Gemm-like MatMul 'up' -> Relu 'relu' -> MatMul 'y'
// Feature 2 of 'norm' and feature 4 of 'beta' are `outlier` times as large as others.
inline Graph smooth_network(float outlier = 1) {
  SmallNetwork net;
  const ValueId x = net.input("x", kText);
  const ValueId ones = net.constant("ones", {1, 1, outlier, 1, 1, 1}, Shape{6});
  const ValueId few = net.constant("few", {0.1f, -0.2f, 0.3f, 0, 0.1f, -0.1f}, Shape{6});
  const ValueId norm = net.node(Op::kLayerNormalization, "norm", {x, ones, few}, kText);
  const ValueId q = net.product(Op::kMatMul, "q", norm, {6, 6}, 6, kText, {}, false);
  const ValueId k = net.product(Op::kMatMul, "k", norm, {6, 6}, 6, kText, {}, false);
  const ValueId sum = net.node(Op::kAdd, "sum", {q, k}, kText);
  const ValueId again = net.node(Op::kLayerNormalization, "again",
                                 {sum, net.constant("g", {1, 1, 1, 1, 1, 1}, Shape{6})}, kText);
  const ValueId gamma = net.constant("gamma", {1, 1, 1, 1, outlier, 1}, Shape{1, 6});
  const ValueId scaled = net.node(Op::kMul, "scaled", {gamma, again}, kText);
  const ValueId beta = net.node(Op::kAdd, "beta", {scaled, few}, kText);
  const ValueId up = net.product(Op::kMatMul, "up", beta, {6, 4}, 4, {1, 5, 4}, {}, false);
  const ValueId relu = net.node(Op::kRelu, "relu", {up}, {1, 5, 4});
  net.output(net.product(Op::kMatMul, "y", relu, {4, 3}, 3, {1, 5, 3}, {}, false));
  return net.graph;
}

}  // namespace octavo
