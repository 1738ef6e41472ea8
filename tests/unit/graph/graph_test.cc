#include "graph/graph.h"

#include <gtest/gtest.h>

#include "tests/unit/graph/graph_builder.h"

namespace octavo {
namespace {

TEST(Graph, MakesTakenAndEmptyNamesUnique) {
  Graph graph;
  Value value;
  value.name = "x";
  const ValueId first = graph.add_value(value);
  const ValueId second = graph.add_value(value);
  const ValueId nameless = graph.add_value(Value());
  EXPECT_EQ(graph.value(first).name, "x");
  EXPECT_NE(graph.value(second).name, "x");
  EXPECT_FALSE(graph.value(nameless).name.empty());
  EXPECT_EQ(graph.find_value(graph.value(second).name), second);
}

TEST(Graph, KeepsConsumersInStepWhenInputsAreSet) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1}), z = b.input("z", Shape{1});
  const ValueId y = b.node(Op::kAdd, {x, x}, "y");
  b.output(y);
  EXPECT_EQ(b.graph.consumers(x).size(), 2u);
  EXPECT_EQ(b.graph.only_consumer(x), kNoNode) << "a node that uses a value twice is no single use";
  b.graph.set_input(b.graph.producer(y), 1, z);
  EXPECT_EQ(b.graph.only_consumer(x), b.graph.producer(y));
  EXPECT_TRUE(b.graph.validate().ok());
}

TEST(Graph, OnlyConsumerIsNoneForAnOutputOfTheGraph) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1});
  const ValueId y = b.node(Op::kRelu, {x}, "y");
  b.output(y);
  b.output(b.node(Op::kRelu, {y}, "z"));
  EXPECT_EQ(b.graph.only_consumer(y), kNoNode);
}

TEST(Graph, ReplacedOutputKeepsItsName) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1});
  const ValueId hidden = b.node(Op::kRelu, {x}, "hidden");
  const ValueId y = b.node(Op::kIdentity, {hidden}, "y");
  b.output(y);
  b.graph.remove_node(b.graph.producer(y));
  b.graph.replace_uses(y, hidden);
  ASSERT_EQ(b.graph.outputs, std::vector<ValueId>{hidden});
  EXPECT_EQ(b.graph.value(hidden).name, "y");
  EXPECT_EQ(b.graph.find_value("y"), hidden);
  EXPECT_TRUE(b.graph.validate().ok()) << b.graph.validate().to_string();
}

TEST(Graph, CompactDropsWhatNothingRefersTo) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1});
  const ValueId dead = b.node(Op::kRelu, {x}, "dead");
  b.output(b.node(Op::kSigmoid, {x}, "y"));
  b.floats("unused", {1}, {1});
  b.graph.remove_node(b.graph.producer(dead));
  b.graph.compact();
  EXPECT_EQ(b.graph.node_count(), 1u);
  EXPECT_EQ(b.graph.value_count(), 2u);
  EXPECT_EQ(b.graph.value(b.graph.outputs[0]).name, "y");
  EXPECT_TRUE(b.graph.validate().ok());
}

TEST(Graph, ValidateNamesAValueThatNothingProvides) {
  GraphBuilder b;
  Value lost;
  lost.name = "lost";
  b.output(b.node(Op::kRelu, {b.graph.add_value(lost)}, "y"));
  const Status status = b.graph.validate();
  EXPECT_EQ(status.code(), ErrorCode::kInternal);
  EXPECT_EQ(status.to_string(), "value 'lost': nothing provides it");
}

TEST(TopologicalOrder, KeepsAnOrderThatIsOneAlready) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1});
  const ValueId left = b.node(Op::kRelu, {x}, "left"), right = b.node(Op::kNeg, {x}, "right");
  b.output(b.node(Op::kAdd, {right, left}, "y"));
  EXPECT_EQ(*b.graph.topological_order(), (std::vector<NodeId>{0, 1, 2}));
}

TEST(TopologicalOrder, PutsProducersFirst) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1});
  Value later;
  later.name = "later";
  const ValueId made_later = b.graph.add_value(later);
  b.output(b.node(Op::kRelu, {made_later}, "y"));
  Node node;
  node.op = Op::kNeg;
  node.name = "n";
  node.inputs = {x};
  node.outputs = {made_later};
  b.graph.add_node(node);
  EXPECT_EQ(*b.graph.topological_order(), (std::vector<NodeId>{1, 0}));
}

TEST(TopologicalOrder, RefusesACircleByName) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1});
  const ValueId a = b.node(Op::kAdd, {x, x}, "a");
  const ValueId c = b.node(Op::kRelu, {a}, "c");
  b.graph.set_input(b.graph.producer(a), 1, c);
  const auto order = b.graph.topological_order();
  ASSERT_FALSE(order.ok());
  EXPECT_EQ(order.status().code(), ErrorCode::kModelUnreadable);
  EXPECT_NE(order.status().to_string().find("'a_node' (Add)"), std::string::npos);
}

TEST(TopologicalOrder, DoesNotOverflowTheStackOnADeepChainInReverse) {
  constexpr int kDepth = 100000;
  Graph graph;
  for (int i = 0; i <= kDepth; ++i) graph.add_value(Value());
  for (int i = kDepth; i > 0; --i) {
    Node node;
    node.op = Op::kRelu;
    node.inputs = {i - 1};
    node.outputs = {i};
    graph.add_node(std::move(node));
  }
  graph.inputs = {0};
  graph.outputs = {kDepth};
  const auto order = graph.topological_order();
  ASSERT_TRUE(order.ok());
  EXPECT_EQ(order->front(), kDepth - 1);
}

TEST(Attributes, FallBackWhereAbsentOrOfAnotherType) {
  Attributes attrs;
  attrs.set("group", int64_t{4});
  attrs.set("alpha", 0.5f);
  EXPECT_EQ(attrs.get_int("group", 1), 4);
  EXPECT_EQ(attrs.get_int("alpha", 7), 7);
  EXPECT_EQ(attrs.get_float("beta", 2.0f), 2.0f);
  EXPECT_EQ(attrs.get_ints("group", {9}), Ints{9});
}

TEST(Ops, AreFoundByNameButLoweredOnesAreNot) {
  EXPECT_EQ(op_from_name("Conv"), Op::kConv);
  EXPECT_EQ(op_from_name("QLinearConv"), Op::kUnknown);
  EXPECT_EQ(op_from_name("Unknown"), Op::kUnknown);
  EXPECT_STREQ(name_of(Op::kQLinearConv), "QLinearConv");
}

TEST(Dump, TellsTheWholeGraph) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{kDynamic, 3});
  b.output(b.node(Op::kSoftmax, {x}, "y", {{"axis", int64_t{1}}}));
  EXPECT_EQ(dump(b.graph),
            "inputs %x float32[?, 3]\n"
            "%y unknown[...] = Softmax(%x) axis=1\n"
            "outputs %y\n");
}

}  // namespace
}  // namespace octavo
