// A network with every way in which channels are followed, and one whose channels need very
// different ranges: what equalization is for.
#pragma once

#include "quant/corrections/channel_factors.h"
#include "tests/unit/quant/small_network.h"

namespace octavo {

inline Attributes padded(int64_t group = 1) {
  return attributes_of({{"pads", std::vector<int64_t>{1, 1, 1, 1}}, {"group", group}});
}

// x (1, 4, 8, 8) -> Conv -> Clip -> depthwise Conv -> Relu -> Conv ┬-> Conv -> PRelu ┐
//                                                                  └----------------Add
//                                             y (1, 5) <- Gemm <- Flatten <- pool <-┘
class EqualizeNetwork : public SmallNetwork {
 public:
  explicit EqualizeNetwork(float ceiling = 6) {
    const Shape six = {1, 6, 8, 8};
    const ValueId x = input("x", kImage);
    const ValueId c1 = product(Op::kConv, "c1", x, {6, 4, 3, 3}, 6, six, padded());
    const ValueId low = constant("low", {0}, Shape()), high = constant("high", {ceiling}, Shape());
    const ValueId r1 = node(Op::kClip, "r1", {c1, low, high}, six);
    const ValueId dw = product(Op::kConv, "dw", r1, {6, 1, 3, 3}, 6, six, padded(6));
    const ValueId r2 = node(Op::kRelu, "r2", {dw}, six);
    const ValueId c2 = product(Op::kConv, "c2", r2, {6, 6, 1, 1}, 6, six);
    const ValueId c3 = product(Op::kConv, "c3", c2, {6, 6, 1, 1}, 6, six);
    const ValueId slope = constant("slope", {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f}, Shape{6, 1, 1});
    const ValueId p3 = node(Op::kPRelu, "p3", {c3, slope}, six);
    const ValueId sum = node(Op::kAdd, "sum", {p3, c2}, six);
    const ValueId pool = node(Op::kGlobalAveragePool, "pool", {sum}, {1, 6, 1, 1});
    const ValueId flat = node(Op::kFlatten, "flat", {pool}, {1, 6});
    output(product(Op::kGemm, "y", flat, {6, 5}, 5, {1, 5}));
  }
};

// The same function, with channels up to 256 times apart.
inline Graph uneven_network() {
  Graph graph = EqualizeNetwork().graph;
  const std::vector<int> some = {-4, 3, 0, 4, -2, 1}, others = {4, -4, 2, 0, -3, 3};
  const auto factors = factors_from_products(graph, {{"dw", some}, {"c2", others}, {"c3", others}});
  EXPECT_TRUE(factors.ok()) << factors.status().to_string();
  scale_products(graph, *factors);
  return graph;
}

}  // namespace octavo
