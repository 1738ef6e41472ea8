// Operators of every opset in the one form of the graph, and back.
#include <gtest/gtest.h>

#include "tests/unit/formats/onnx/model_bytes.h"
#include "tests/unit/formats/onnx/node_lines.h"

namespace octavo {
namespace {

using namespace model_bytes;  // NOLINT: builders
using node_lines::lines_of;

std::string model_of(const Proto& node, int64_t opset) {
  return model(graph({{1, node},
                      {5, integers("two", {2})},
                      {5, floats("scales", {4}, {1, 1, 2, 2})},
                      {5, floats("none", {0}, {})},
                      {5, floats("one", {}, {1})},
                      {5, tensor("yes", 9, {}).bytes(9, "\x01")},
                      {11, value("x", 1, {2, 3, 4, 5})},
                      {11, value("c", 1, {3})},
                      {11, value("k", 7, {1})},
                      out("y")}),
               opset);
}

struct Case {
  const char* name;
  int64_t opset;
  Proto node;
  std::string wanted;
};

class Canonical : public testing::TestWithParam<Case> {};

TEST_P(Canonical, FormIsThatOfOpset18) {
  const auto opened = open(model_of(GetParam().node, GetParam().opset));
  ASSERT_TRUE(opened.ok()) << opened.status().to_string();
  EXPECT_EQ(lines_of(opened->graph), GetParam().wanted);
  EXPECT_TRUE(opened->graph.validate().ok());
}

Proto on_x(const char* op) { return node(op, {"x"}, {"y"}); }

INSTANTIATE_TEST_SUITE_P(
    Table, Canonical,
    testing::Values(
        Case{"Clip6", 7, on_x("Clip").message(5, real("min", 0)).message(5, real("max", 6)),
             "Clip(x, 0, 6)"},
        Case{"Clip6Max", 10, on_x("Clip").message(5, real("max", 6)), "Clip(x, -, 6)"},
        Case{"Clip11", 11, node("Clip", {"x", "", "one"}, {"y"}), "Clip(x, -, 1)"},
        Case{"Squeeze1", 11, on_x("Squeeze").message(5, ints("axes", {0, 2})), "Squeeze(x, [0 2])"},
        Case{"Unsqueeze1", 7, on_x("Unsqueeze").message(5, ints("axes", {0})), "Unsqueeze(x, [0])"},
        Case{"ReduceSum1", 12,
             on_x("ReduceSum").message(5, ints("axes", {1})).message(5, integer("keepdims", 0)),
             "ReduceSum(x, [1]) keepdims=0"},
        Case{"ReduceMean13", 17, on_x("ReduceMean").message(5, ints("axes", {2, 3})),
             "ReduceMean(x, [2 3])"},
        Case{"ReduceMean18", 18, node("ReduceMean", {"x", "two"}, {"y"}), "ReduceMean(x, [2])"},
        Case{"Slice1", 9,
             on_x("Slice")
                 .message(5, ints("starts", {1}))
                 .message(5, ints("ends", {2}))
                 .message(5, ints("axes", {3})),
             "Slice(x, [1], [2], [3])"},
        Case{"Pad2", 10,
             on_x("Pad")
                 .message(5, ints("pads", {0, 0, 1, 1, 0, 0, 1, 1}))
                 .message(5, real("value", 0.5f))
                 .message(5, text("mode", "constant")),
             "Pad(x, [0 0 1 1 0 0 1 1], 0.5) mode=constant"},
        Case{"TopK1", 9, node("TopK", {"x"}, {"y", "i"}).message(5, integer("k", 3)),
             "TopK(x, [3])"},
        Case{"Split2", 11, node("Split", {"x"}, {"y", "z"}).message(5, ints("split", {1, 1})),
             "Split(x, [1 1])"},
        Case{"SplitEqually", 13, node("Split", {"x"}, {"y", "z"}), "Split(x) num_outputs=2"},
        Case{"Dropout7", 7, node("Dropout", {"x"}, {"y", "mask"}).message(5, real("ratio", 0.5f)),
             "Dropout(x, 0.5)"},
        Case{"Upsample7", 7,
             on_x("Upsample")
                 .message(5, text("mode", "nearest"))
                 .message(5, reals("scales", {1, 1, 2, 2})),
             "Resize(x, -, [1 1 2 2]) coordinate_transformation_mode=asymmetric mode=nearest "
             "nearest_mode=floor"},
        Case{
            "Upsample9", 9, node("Upsample", {"x", "scales"}, {"y"}),
            "Resize(x, -, [1 1 2 2]) coordinate_transformation_mode=asymmetric nearest_mode=floor"},
        Case{
            "Resize10", 10, node("Resize", {"x", "scales"}, {"y"}),
            "Resize(x, -, [1 1 2 2]) coordinate_transformation_mode=asymmetric nearest_mode=floor"},
        Case{"Resize11", 11, node("Resize", {"x", "none", "scales"}, {"y"}),
             "Resize(x, -, [1 1 2 2])"},
        Case{"ResizeBySize", 11, node("Resize", {"x", "none", "none", "two"}, {"y"}),
             "Resize(x, -, -, [2])"},
        Case{"CastToHalf", 13, on_x("Cast").message(5, integer("to", 10)), "Cast(x) to=1"},
        Case{"SoftmaxOfLastAxis", 11, on_x("Softmax").message(5, integer("axis", 3)),
             "Softmax(x) axis=3"},
        Case{"SoftmaxOfMinusOne", 11, on_x("Softmax").message(5, integer("axis", -1)),
             "Softmax(x) axis=-1"},
        Case{"Softmax13", 13, on_x("Softmax").message(5, integer("axis", 1)), "Softmax(x) axis=1"},
        Case{"SoftmaxOfMatrix", 11, on_x("Softmax"),
             "Flatten(x) axis=1; Softmax(Softmax_y_Flatten) axis=-1; Shape(x); "
             "Reshape(Softmax_y_rows, Softmax_y_Shape)"},
        Case{"LogSoftmaxOfVector", 7,
             node("LogSoftmax", {"c"}, {"y"}).message(5, integer("axis", 0)),
             "LogSoftmax(c) axis=0"},
        Case{"WindowThatSaysWhatIsUsual", 13,
             on_x("MaxPool")
                 .message(5, ints("kernel_shape", {2, 2}))
                 .message(5, ints("strides", {1, 1}))
                 .message(5, ints("dilations", {1, 1}))
                 .message(5, ints("pads", {0, 0, 0, 0})),
             "MaxPool(x) kernel_shape=[2 2]"},
        Case{"WindowThatSaysWhatIsNot", 13,
             on_x("MaxPool")
                 .message(5, ints("kernel_shape", {2, 2}))
                 .message(5, ints("strides", {1, 2}))
                 .message(5, ints("pads", {0, 0})),
             "MaxPool(x) kernel_shape=[2 2] pads=[0 0] strides=[1 2]"},
        Case{"UnusedIndices", 13, node("MaxPool", {"x"}, {"y", "indices"}), "MaxPool(x)"},
        Case{"UsedMask", 13, node("Dropout", {"x"}, {"mask", "y"}), "?Dropout(x)"},
        Case{"TrainingDropout", 13, node("Dropout", {"x", "one", "yes"}, {"y"}),
             "?Dropout(x, 1, 1)"},
        Case{"TrainingNorm", 14,
             node("BatchNormalization", {"x", "c", "c", "c", "c"}, {"y"})
                 .message(5, integer("training_mode", 1)),
             "?BatchNormalization(x, c, c, c, c) training_mode=1"},
        Case{"CastToString", 13, on_x("Cast").message(5, integer("to", 8)), "?Cast(x) to=8"},
        Case{"BlockedQuantization", 21,
             node("QuantizeLinear", {"x", "one"}, {"y"}).message(5, integer("block_size", 32)),
             "QuantizeLinear(x, 1) block_size=32"},
        Case{"QuantizationToOtherType", 21,
             node("QuantizeLinear", {"x", "one"}, {"y"}).message(5, integer("output_dtype", 3)),
             "?QuantizeLinear(x, 1) output_dtype=3"},
        Case{"Unknown", 13, on_x("Celu").message(5, integer("other", 1)), "?Celu(x) other=1"},
        Case{"OtherDomain", 13, on_x("Relu").bytes(7, "com.example"), "?Relu(x)"},
        Case{"DefaultDomainSpelled", 13, on_x("Relu").bytes(7, "ai.onnx"), "Relu(x)"}),
    [](const auto& info) { return info.param.name; });

// Written again for the opset that the model is written with: 13 at least.
struct WrittenCase {
  const char* name;
  int64_t opset;
  Proto node;
  Proto wanted;
  int64_t wanted_opset;
};

class Written : public testing::TestWithParam<WrittenCase> {};

TEST_P(Written, FormIsThatOfItsOpset) {
  const auto opened = open(model_of(GetParam().node, GetParam().opset));
  ASSERT_TRUE(opened.ok()) << opened.status().to_string();
  const auto bytes = write(*opened);
  ASSERT_TRUE(bytes.ok()) << bytes.status().to_string();
  const Proto wanted = Proto().message(1, GetParam().wanted);
  EXPECT_NE(bytes->find(wanted.str()), std::string::npos);
  const auto again = open(*bytes);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->opset, GetParam().wanted_opset);
  EXPECT_EQ(lines_of(again->graph), lines_of(opened->graph));
}

// A node without a name as the writer orders its fields.
Proto written(Names inputs, Names outputs, std::string_view op) {
  Proto proto;
  for (const auto input : inputs) proto.bytes(1, input);
  for (const auto output : outputs) proto.bytes(2, output);
  return proto.bytes(4, op);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Written,
    testing::Values(
        WrittenCase{
            "AxesAreAnAttributeBefore18", 13, on_x("ReduceMean").message(5, ints("axes", {2, 3})),
            written({"x"}, {"y"}, "ReduceMean")
                .message(5, Proto().bytes(1, "axes").number(8, 2).number(8, 3).number(20, 7)),
            13},
        WrittenCase{"AxesAreAnInputFrom18", 18, node("ReduceMean", {"x", "two"}, {"y"}),
                    written({"x", "two"}, {"y"}, "ReduceMean"), 18},
        WrittenCase{"SplitCountsFrom18", 13, node("Split", {"x"}, {"y", "z"}),
                    written({"x"}, {"y", "z"}, "Split"), 13},
        WrittenCase{"OldModelsAreRaisedTo13", 7, on_x("Clip").message(5, real("max", 6)),
                    written({"x", "", "Clip_y_max"}, {"y"}, "Clip"), 13},
        WrittenCase{"NewModelsAreLoweredTo21", 22, on_x("Relu"), written({"x"}, {"y"}, "Relu"), 21},
        WrittenCase{"UnknownOperatorsKeepTheirOpset", 23, on_x("Celu"),
                    written({"x"}, {"y"}, "Celu"), 23},
        WrittenCase{"NewOperatorsRaise", 13, on_x("HardSwish"), written({"x"}, {"y"}, "HardSwish"),
                    14}),
    [](const auto& info) { return info.param.name; });

TEST(Written, RefusesOperatorsThatChangedTheirMeaning) {
  const auto opened = open(model_of(on_x("Hardmax"), 11));
  ASSERT_TRUE(opened.ok());
  const auto bytes = write(*opened);
  ASSERT_FALSE(bytes.ok());
  EXPECT_EQ(bytes.status().to_string(),
            "node 'Hardmax_y' (Hardmax): it changed its meaning in opset 13, and the model, read "
            "with opset "
            "11, has to be written with 13: bring the model to that opset first "
            "(onnx.version_converter)");
}

// ONNX Runtime's LSTM of 8 bits.
Proto dynamic_lstm() {
  return node("DynamicQuantizeLSTM", {"x", "w", "r", "", "", "", "", "", "s", "z", "s", "z"},
              {"y"});
}
std::string lstm_model(const Proto& node) {
  const std::string eight(8, '\1');
  return model(graph({{1, node},
                      {5, tensor("w", 3, {1, 1, 4}).bytes(9, eight.substr(0, 4))},
                      {5, tensor("r", 3, {1, 1, 4}).bytes(9, eight.substr(0, 4))},
                      {5, floats("s", {1}, {0.5f})},
                      {5, tensor("z", 3, {1}).bytes(9, std::string(1, '\0'))},
                      {11, value("x", 1, {2, 1, 1})},
                      out("y")}));
}

TEST(Contributed, LstmKeepsItsDomainOnTheWayThrough) {
  const auto opened = open(lstm_model(dynamic_lstm().bytes(7, "com.microsoft")));
  ASSERT_TRUE(opened.ok()) << opened.status().to_string();
  const auto bytes = write(*opened);
  ASSERT_TRUE(bytes.ok()) << bytes.status().to_string();
  const auto again = open(*bytes);
  ASSERT_TRUE(again.ok()) << again.status().to_string();
  for (const Graph* graph : {&opened->graph, &again->graph}) {
    const Node& node = graph->node(graph->live_nodes().front());
    EXPECT_EQ(node.op, Op::kDynamicQuantizeLSTM);
    EXPECT_EQ(node.domain, "com.microsoft");
  }
  EXPECT_EQ(again->domains, (std::map<std::string, int64_t>{{"com.microsoft", 1}}));
}

TEST(Contributed, LstmIsUnknownToOnnxItself) {
  const auto opened = open(lstm_model(dynamic_lstm()));
  ASSERT_TRUE(opened.ok()) << opened.status().to_string();
  EXPECT_EQ(opened->graph.node(opened->graph.live_nodes().front()).op, Op::kUnknown);
  ASSERT_EQ(opened->warnings.size(), 1u);
}

}  // namespace
}  // namespace octavo
