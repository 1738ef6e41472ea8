#include <gtest/gtest.h>

#include "tests/unit/formats/onnx/model_bytes.h"

namespace octavo {
namespace {

using namespace model_bytes;  // NOLINT: builders

Model opened(const std::string& bytes) {
  auto model = open(bytes);
  EXPECT_TRUE(model.ok()) << model.status().to_string();
  return model.ok() ? std::move(*model) : Model();
}

const Node& only_node(const Model& model) {
  return model.graph.node(model.graph.live_nodes().at(0));
}

std::vector<std::string> names(const Graph& graph, const std::vector<ValueId>& ids) {
  std::vector<std::string> names;
  for (const ValueId id : ids) names.push_back(id == kNoValue ? "" : graph.value(id).name);
  return names;
}

using Strings = std::vector<std::string>;

TEST(OnnxReader, KeepsNamesTypesAndDimensions) {
  const Model model =
      opened(model_bytes::model(graph({{1, node("Relu", {"x"}, {"y"}).bytes(3, "first")},
                                       {11, value("x", 1, {-1, 3, 224})},
                                       {12, value("y", 1, {-1, 3, 224})}})));
  EXPECT_EQ(model.format, "onnx");
  EXPECT_EQ(model.opset, 13);
  EXPECT_EQ(only_node(model).op, Op::kRelu);
  EXPECT_EQ(only_node(model).name, "first");
  const Value& x = model.graph.value(model.graph.inputs.at(0));
  EXPECT_EQ(x.dtype, DType::kFloat32);
  EXPECT_EQ(x.shape, Shape({kDynamic, 3, 224}));
  EXPECT_EQ(x.dim_names, (Strings{"N", "", ""}));
}

TEST(OnnxReader, TakesADimensionOfZeroForUnknown) {
  const Model model = opened(model_bytes::model(
      graph({{1, node("Relu", {"x"}, {"y"})}, {11, value("x", 1, {0, 3})}, out("y")})));
  EXPECT_EQ(model.graph.value(model.graph.inputs.at(0)).shape, Shape({kDynamic, 3}));
}

TEST(OnnxReader, ReadsMetadataDomainsAndProducer) {
  const Proto parts = Proto()
                          .bytes(2, "maker")
                          .bytes(3, "1.2")
                          .message(8, Proto().bytes(1, "com.example").number(2, 3))
                          .message(14, Proto().bytes(1, "key").bytes(2, "text"));
  const Model model =
      opened(model_bytes::model(graph({{1, node("Relu", {"x"}, {"y"})}, in("x"), out("y")})) +
             parts.str());
  EXPECT_EQ(model.producer, "maker 1.2");
  EXPECT_EQ(model.domains.at("com.example"), 3);
  EXPECT_EQ(model.metadata.at("key"), "text");
}

TEST(OnnxReader, InitializersAreNoInputs) {
  const Model model = opened(model_bytes::model(graph({{1, node("Add", {"x", "w"}, {"y"})},
                                                       in("x"),
                                                       in("w"),
                                                       {5, floats("w", {1}, {2})},
                                                       out("y")})));
  EXPECT_EQ(names(model.graph, model.graph.inputs), Strings{"x"});
  EXPECT_NE(model.graph.constant(only_node(model).inputs.at(1)), nullptr);
}

TEST(OnnxReader, NamesNodesThatHaveNone) {
  const Model model =
      opened(model_bytes::model(graph({{1, node("Relu", {"x"}, {"a"})},
                                       {1, node("Relu", {"a"}, {"b"}).bytes(3, "same")},
                                       {1, node("Relu", {"b"}, {"y"}).bytes(3, "same")},
                                       in("x"),
                                       out("y")})));
  Strings found;
  for (const NodeId id : model.graph.live_nodes()) found.push_back(model.graph.node(id).name);
  EXPECT_EQ(found, (Strings{"Relu_a", "same", "same_2"}));
}

TEST(OnnxReader, OrderOfNodesDoesNotMatter) {
  const Model model = opened(model_bytes::model(
      graph({{1, node("Relu", {"a"}, {"y"})}, {1, node("Abs", {"x"}, {"a"})}, in("x"), out("y")})));
  EXPECT_TRUE(model.graph.topological_order().ok());
}

struct ConstantCase {
  const char* name;
  Proto attribute;
  DType dtype;
  Shape shape;
};

class ConstantNode : public testing::TestWithParam<ConstantCase> {};

TEST_P(ConstantNode, BecomesAConstantValue) {
  const Proto maker = node("Constant", {}, {"c"}).message(5, GetParam().attribute);
  const Model model =
      opened(model_bytes::model(graph({{1, maker}, {1, node("Custom", {"c"}, {"y"})}, out("y")})));
  ASSERT_EQ(model.graph.live_nodes().size(), 1u);
  const Constant* constant = model.graph.constant(only_node(model).inputs.at(0));
  ASSERT_NE(constant, nullptr);
  EXPECT_EQ(constant->dtype(), GetParam().dtype);
  EXPECT_EQ(constant->shape(), GetParam().shape);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ConstantNode,
    testing::Values(
        ConstantCase{"Tensor",
                     Proto().bytes(1, "value").message(5, floats("", {2}, {1, 2})).number(20, 4),
                     DType::kFloat32,
                     {2}},
        ConstantCase{"Float", real("value_float", 1), DType::kFloat32, {}},
        ConstantCase{"Floats", reals("value_floats", {1, 2, 3}), DType::kFloat32, {3}},
        ConstantCase{"Int", integer("value_int", 1), DType::kInt64, {}},
        ConstantCase{"Ints", ints("value_ints", {1, 2}), DType::kInt64, {2}},
        ConstantCase{"String", text("value_string", "cat"), DType::kString, {}}),
    [](const auto& info) { return info.param.name; });

TEST(OnnxReader, RefusesASparseConstant) {
  const auto model = open(model_bytes::model(graph(
      {{1, node("Constant", {}, {"y"}).message(5, Proto().bytes(1, "sparse_value").number(20, 11))},
       out("y")})));
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.status().code(), ErrorCode::kModelUnsupported);
}

TEST(OnnxReader, KeepsUnknownOperatorsWhole) {
  const Model model =
      opened(model_bytes::model(graph({{1, node("Magic", {"x", "", "x"}, {"y", "", "z"})
                                               .bytes(7, "com.example")
                                               .message(5, ints("spell", {1, 2}))
                                               .message(5, text("tone", "low"))},
                                       in("x"),
                                       out("y")})));
  const Node& magic = only_node(model);
  EXPECT_EQ(magic.op, Op::kUnknown);
  EXPECT_EQ(magic.op_type, "Magic");
  EXPECT_EQ(magic.domain, "com.example");
  EXPECT_EQ(names(model.graph, magic.inputs), (Strings{"x", "", "x"}));
  EXPECT_EQ(names(model.graph, magic.outputs), (Strings{"y", "", "z"}));
  EXPECT_EQ(magic.attrs.get_ints("spell"), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(magic.attrs.get_string("tone", ""), "low");
}

TEST(OnnxReader, TellsTheTypeOfWhatUnknownOperatorsGive) {
  const Model model = opened(model_bytes::model(graph({{1, node("Magic", {"x"}, {"a"})},
                                                       {1, node("Relu", {"a"}, {"y"})},
                                                       {13, value("a", 1, {2, 3})},
                                                       in("x"),
                                                       out("y")})));
  const Value& a = model.graph.value(model.graph.find_value("a"));
  EXPECT_EQ(a.dtype, DType::kFloat32);
  EXPECT_EQ(a.shape, Shape({2, 3}));
}

TEST(OnnxReader, WarnsOfNewerOpsets) {
  const Model model =
      opened(model_bytes::model(graph({{1, node("Relu", {"x"}, {"y"})}, in("x"), out("y")}), 22));
  ASSERT_EQ(model.warnings.size(), 1u);
  EXPECT_EQ(
      model.warnings.front(),
      "the model uses opset 22, newer than the newest that Octavo knows: its operators are read as "
      "those of opset 21");
}

// cond ? Relu(x) : Add(x, s), with x and s from outside and w a constant from outside.
Proto branches(std::string_view op) {
  const Proto then_branch = graph({{1, node("Mul", {"x", "w"}, {"t"})}, out("t")});
  const Proto else_branch = graph({{1, node("Add", {"s", "x"}, {"e"})}, out("e")});
  return node(op, {"cond"}, {"y"})
      .message(5, subgraph("then_branch", then_branch))
      .message(5, subgraph("else_branch", else_branch));
}

std::string model_with(const Proto& node) {
  return model(graph({{1, node},
                      in("x"),
                      in("s"),
                      {11, value("cond", 9, {})},
                      {5, floats("w", {1}, {2})},
                      out("y")}));
}

TEST(OnnxReader, CapturesBecomeInputsOfBothBranches) {
  const Model model = opened(model_with(branches("If")));
  const Node& node = only_node(model);
  EXPECT_EQ(node.op, Op::kIf);
  EXPECT_EQ(names(model.graph, node.inputs), (Strings{"cond", "x", "s"}));
  for (const char* name : {"then_branch", "else_branch"}) {
    const auto branch = node.attrs.get_graph(name);
    ASSERT_NE(branch, nullptr);
    EXPECT_EQ(names(*branch, branch->inputs), (Strings{"x", "s"})) << name;
    EXPECT_TRUE(branch->validate().ok());
  }
}

TEST(OnnxReader, ConstantsOfOutsideAreSharedWithBranches) {
  const Model model = opened(model_with(branches("If")));
  const auto branch = only_node(model).attrs.get_graph("then_branch");
  const ValueId w = branch->find_value("w");
  ASSERT_NE(w, kNoValue);
  EXPECT_EQ(branch->constant(w)->held()->values<float>()[0], 2.0f);
}

TEST(OnnxReader, CapturesReachThroughSeveralLevels) {
  const Proto inner = branches("If");
  const Proto around =
      node("If", {"cond"}, {"y"})
          .message(5, subgraph("then_branch", graph({{1, inner}, out("y")})))
          .message(5, subgraph("else_branch", graph({{1, node("Abs", {"x"}, {"z"})}, out("z")})));
  const Model model = opened(model_with(around));
  EXPECT_EQ(names(model.graph, only_node(model).inputs), (Strings{"cond", "x", "s", "cond"}));
}

// Written and read again, a model is the same, and its second writing the same bytes.
void expect_round_trip(const std::string& bytes) {
  const Model first = opened(bytes);
  const auto written = write(first);
  ASSERT_TRUE(written.ok()) << written.status().to_string();
  const Model second = opened(*written);
  EXPECT_EQ(dump(second.graph), dump(first.graph));
  const auto again = write(second);
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(*again == *written);
}

TEST(OnnxWriter, KeepsBranches) { expect_round_trip(model_with(branches("If"))); }

TEST(OnnxWriter, KeepsSubgraphsOfUnknownOperators) {
  expect_round_trip(model_with(branches("Choose")));
}

TEST(OnnxWriter, LeavesOutNamesThatOutputsImply) {
  const std::string bytes = model(graph({{1, node("Relu", {"x"}, {"a"})},
                                         {1, node("Relu", {"a"}, {"b"}).bytes(3, "Relu_a")},
                                         {1, node("Relu", {"b"}, {"y"}).bytes(3, "own")},
                                         in("x"),
                                         out("y")}));
  expect_round_trip(bytes);
  const std::string written = write(opened(bytes)).value();
  EXPECT_EQ(written.find("Relu_a"), written.rfind("Relu_a"));  // b's, made unique
  EXPECT_NE(written.find("own"), std::string::npos);
}

TEST(OnnxWriter, KeepsUnknownOperators) {
  expect_round_trip(model(graph(
      {{1, node("Magic", {"x", "", "x"}, {"y", "", "z"})
               .bytes(7, "com.example")
               .message(5, text("tone", "low"))
               .message(5, reals("pitch", {1.5f}))
               .message(
                   5, Proto().bytes(1, "table").message(5, floats("", {2}, {1, 2})).number(20, 4))},
       in("x"),
       out("y")})));
}

TEST(OnnxWriter, KeepsTheTypesThatUnknownOperatorsGive) {
  expect_round_trip(model(graph({{1, node("Magic", {"x"}, {"a"})},
                                 {1, node("Relu", {"a"}, {"y"})},
                                 {13, value("a", 1, {2, 3})},
                                 in("x"),
                                 out("y")})));
}

TEST(OnnxWriter, BranchesPassValuesOnThroughANodeOfTheirOwn) {
  const Proto passing = node("If", {"cond"}, {"y"})
                            .message(5, subgraph("then_branch", graph({out("x")})))
                            .message(5, subgraph("else_branch", graph({out("w")})));
  const auto written = write(opened(model_with(passing)));
  ASSERT_TRUE(written.ok());
  const Model again = opened(*written);
  for (const char* name : {"then_branch", "else_branch"}) {
    const auto branch = only_node(again).attrs.get_graph(name);
    ASSERT_EQ(branch->live_nodes().size(), 1u) << name;
    EXPECT_EQ(branch->node(branch->live_nodes()[0]).op, Op::kIdentity);
  }
}

TEST(OnnxWriter, SaysWhoWroteAndKeepsMetadata) {
  Model model = opened(model_with(branches("If")));
  model.metadata["recipe"] = "{}";
  const auto written = write(model);
  ASSERT_TRUE(written.ok());
  const Model again = opened(*written);
  EXPECT_EQ(again.producer, "octavo");
  EXPECT_EQ(again.metadata.at("recipe"), "{}");
}

TEST(OnnxWriter, RefusesWhatNoFileCanHold) {
  Model model;
  const float nothing = 0;
  const int64_t count = int64_t{600} << 20;  // only its size is looked at
  const ValueId w = model.graph.add_constant(
      "w", Tensor(DType::kFloat32, Shape{count},
                  Buffer::view(&nothing, static_cast<size_t>(count * 4), nullptr)));
  model.graph.outputs = {w};
  const auto written = write(model);
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(
      written.status().message(),
      "the written model would have 2400 MB, and an ONNX file ends at 2048: quantize more of its "
      "weights, or split it");
}

TEST(OnnxWriter, StopsWhereTheSinkFails) {
  const Model model = opened(model_with(branches("If")));
  const auto written = find_format("onnx")->write(
      model, [](std::span<const std::byte>) { return Status(ErrorCode::kIo, "the disk is full"); });
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.status().message(), "the disk is full");
}

}  // namespace
}  // namespace octavo
