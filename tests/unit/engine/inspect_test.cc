#include "engine/inspect.h"

#include <gtest/gtest.h>

#include "tests/unit/quant/small_graph.h"

namespace octavo {
namespace {

const InspectedLayer& layer(const Inspection& inspection, const std::string& name) {
  for (const InspectedLayer& l : inspection.layers) {
    if (l.name == name) return l;
  }
  ADD_FAILURE() << "no layer " << name;
  return inspection.layers.front();
}

// x -> Conv -> Relu -> y -> Softmax
Graph small_net() {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 2, 2, 1});
  const ValueId conv = small.conv("conv", x, {1, 2, 3, 4}, 2, {0.5f, -1});
  const ValueId y = small.node(Op::kRelu, "y", {conv}, Shape{1, 2, 2, 1});
  small.output(small.node(Op::kSoftmax, "softmax", {y}, Shape{1, 2, 2, 1}));
  return small.graph;
}

TEST(Inspect, SaysWhatCanBecomeInt8) {
  const Inspection found = *inspect({.graph = small_net()});
  EXPECT_FALSE(found.is_quantized);
  EXPECT_EQ(found.quantizable(), 2);
  EXPECT_EQ(found.quantized(), 0);
  EXPECT_TRUE(layer(found, "conv").quantizable);
  EXPECT_EQ(layer(found, "conv").parameters, 6);
  EXPECT_FALSE(layer(found, "softmax").reason.empty());
}

TEST(Inspect, SaysWhatAQuantizedModelRunsInInt8) {
  const Ranges ranges = ranges_of({{"x", {0, 1}}, {"conv", {-1, 9}}, {"y", {0, 9}}});
  const Inspection found = *inspect({.graph = quantized(small_net(), ranges).graph});
  EXPECT_TRUE(found.is_quantized);
  EXPECT_EQ(found.quantizable(), 0);
  EXPECT_EQ(found.layers.size(), 2u);  // Relu is folded, and how values are carried is no layer
  EXPECT_TRUE(layer(found, "conv").quantized);
  EXPECT_EQ(layer(found, "conv").parameters, 6);
  EXPECT_FALSE(layer(found, "softmax").quantized);
  EXPECT_EQ(layer(found, "softmax").reason, "runs in float");
}

}  // namespace
}  // namespace octavo
