#include <chrono>

#include "tests/unit/passes/pass_test_support.h"

namespace octavo {
namespace {

int changes_of(const std::vector<PassCount>& counts, const std::string& name) {
  for (const PassCount& count : counts) {
    if (count.name == name) return count.changes;
  }
  return -1;
}

TEST(RunPasses, WorksUntilNothingChangesAndCompacts) {
  // Pad and BatchNormalization can only be fused once the Identity between is gone.
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1, 1, 4, 4});
  const ValueId padded = b.node(Op::kPad, {x, b.ints("pads", {0, 0, 1, 1, 0, 0, 1, 1})}, "p");
  const ValueId w = b.floats("w", Floats(9, 1), {1, 1, 3, 3});
  const ValueId conv = b.node(Op::kConv, {b.node(Op::kIdentity, {padded}, "i"), w}, "c");
  const Shape one{1};
  const ValueId bn =
      b.node(Op::kBatchNormalization,
             {b.node(Op::kIdentity, {conv}, "j"), b.floats("g", {1}, one),
              b.floats("beta", {0}, one), b.floats("m", {0}, one), b.floats("v", {1}, one)},
             "y");
  b.output(bn);
  const auto counts = run_passes(b.graph, standard_passes(), kFake);
  ASSERT_TRUE(counts.ok()) << counts.status().to_string();
  EXPECT_EQ(ops_of(b.graph), "Conv");
  EXPECT_EQ(b.graph.node_count(), 1u);
  EXPECT_EQ(b.graph.value_count(), 4u) << dump(b.graph);
  EXPECT_EQ(changes_of(*counts, "eliminate_identity"), 2);
  EXPECT_EQ(changes_of(*counts, "fuse_pad_into_conv"), 1);
  EXPECT_EQ(changes_of(*counts, "fuse_bn_into_conv"), 1);
  EXPECT_EQ(b.graph.value(b.graph.outputs[0]).shape, Shape({1, 1, 4, 4}));
}

TEST(RunPasses, TakesNoMinutesForTensOfThousandsOfNodes) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1});
  ValueId chain = x;
  for (int i = 0; i < 20000; ++i) chain = b.node(i % 2 ? Op::kIdentity : Op::kRelu, {chain}, "c");
  b.output(chain);
  for (int i = 0; i < 20000; ++i) b.node(Op::kAdd, {x, x}, "dead");
  const auto start = std::chrono::steady_clock::now();
  ASSERT_TRUE(run_passes(b.graph, standard_passes(), kFake).ok());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
  EXPECT_EQ(b.graph.node_count(), 10000u);
}

TEST(RunPasses, PassesOnTheSentenceOfAMalformedNode) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1});
  b.output(b.node(Op::kIdentity, {}, "y"));
  (void)x;
  const auto counts = run_passes(b.graph, standard_passes(), kFake);
  ASSERT_FALSE(counts.ok());
  EXPECT_EQ(counts.status().to_string(),
            "node 'y_node' (Identity): the operator does not take 0 inputs");
}

}  // namespace
}  // namespace octavo
