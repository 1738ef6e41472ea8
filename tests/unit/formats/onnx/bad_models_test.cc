// What people are told of files that are no good: the sentences are pinned.
#include <gtest/gtest.h>

#include "tests/unit/formats/onnx/model_bytes.h"

namespace octavo {
namespace {

using namespace model_bytes;  // NOLINT: builders

struct Case {
  const char* name;
  std::string bytes;
  ErrorCode code;
  std::string sentence;
};

void PrintTo(const Case& bad, std::ostream* out) { *out << bad.name; }

constexpr auto kUnreadable = ErrorCode::kModelUnreadable;
constexpr auto kUnsupported = ErrorCode::kModelUnsupported;

const Proto kRelu = node("Relu", {"x"}, {"y"});

std::string good() { return model(graph({{1, kRelu}, in("x"), out("y")})); }

std::string with(std::initializer_list<Part> parts) {
  Proto all = graph({{1, kRelu}, in("x"), out("y")});
  for (const Part& part : parts) all.message(part.field, part.proto);
  return model(all);
}

std::string deep(int levels) {
  Proto inner = graph({out("x")});
  for (int i = 0; i < levels; ++i) {
    inner = graph({{1, node("Loop", {}, {"y"}).message(5, subgraph("body", inner))}, out("y")});
  }
  return model(inner);
}

std::vector<Case> cases() {
  return {
      {"Empty", "", kUnreadable,
       "not a model that Octavo reads (ONNX): the file is empty; download or export it again"},
      {"Random", "\x17\x83\x99\x01\xfe\xed", kUnreadable,
       "not a model that Octavo reads (ONNX): these bytes look like nothing known; was the file "
       "damaged "
       "on the way, or is it another file than you meant?"},
      {"Jpeg", "\xff\xd8\xff\xe0", kUnreadable,
       "not a model that Octavo reads (ONNX): this looks like a JPEG image; give images as images, "
       "and "
       "an .onnx file as the model"},
      {"TensorFlowLite", std::string("\x1c\0\0\0TFL3", 8), kUnreadable,
       "not a model that Octavo reads (ONNX): this looks like a TensorFlow Lite model; convert it "
       "to "
       "ONNX first"},
      {"Page", "<!DOCTYPE html>", kUnreadable,
       "not a model that Octavo reads (ONNX): this looks like an HTML page; the download brought a "
       "page "
       "or a pointer instead of the model: fetch the file itself"},
      {"CutShort", good().substr(0, 30), kUnreadable,
       "a field wants 48 bytes where 20 are left at byte 8: the file is damaged or cut short; try "
       "to "
       "copy, download or export it again"},
      {"NoGraph", Proto().number(1, 8).message(8, Proto().number(2, 13)).str(), kUnreadable,
       "the model has no graph: the file is cut short or was never whole, export it again"},
      {"TwoGraphs", good() + Proto().message(7, graph({})).str(), kUnreadable,
       "the model has two graphs: export it again"},
      {"NoOpset", Proto().number(1, 8).message(7, graph({})).str(), kUnreadable,
       "the model does not say which version of ONNX's operators it uses: export it again with "
       "opset 13 "
       "or newer"},
      {"OldOpset", model(graph({}), 6), kUnsupported,
       "the model uses opset 6, Octavo reads 7 to 21: bring it to opset 13 with "
       "onnx.version_converter "
       "or export it again"},
      {"NoOutputs", model(graph({{1, kRelu}, in("x")})), kUnreadable,
       "the model has no outputs: export it again"},
      {"LengthBeyondFile",
       Proto().number(1, 8).raw("\x3a\xff\xff\xff\xff\xff\xff\xff\xff\x7f").str(), kUnreadable,
       "a field wants 9223372036854775807 bytes where 0 are left at byte 2: the file is damaged or "
       "cut "
       "short; try to copy, download or export it again"},
      {"EndlessNumber", Proto().number(1, 8).raw(std::string(12, '\xff')).str(), kUnreadable,
       "a number has more than 10 bytes at byte 2: the file is damaged or cut short; try to copy, "
       "download or export it again"},
      {"Group", with({{1, Proto().raw("\x0b")}}), kUnreadable,
       "there is a field of no known kind at byte 60: the file is damaged or cut short; try to "
       "copy, "
       "download or export it again"},
      {"InputFromNowhere",
       model(graph({{1, node("Add", {"x", "lost"}, {"y"})}, in("x"), out("y")})), kUnreadable,
       "node 'Add_y' (Add): it reads 'lost', which no node, input or initializer provides: export "
       "the "
       "model again"},
      {"OutputFromNowhere", model(graph({{1, kRelu}, in("x"), out("z")})), kUnreadable,
       "output 'z': nothing in the model makes it: export the model again"},
      {"TwoProducers", with({{1, kRelu}}), kUnreadable,
       "node 'Relu_y' (Relu): two things are called 'y' in one graph, so an edge could mean "
       "either: "
       "export the model again"},
      {"OutputTwice", with({out("y")}), kUnreadable,
       "output 'y': it is listed twice: export the model again"},
      {"Circle",
       model(graph({{1, node("Relu", {"b"}, {"a"})}, {1, node("Relu", {"a"}, {"b"})}, out("a")})),
       kUnreadable,
       "node 'Relu_a' (Relu): the graph runs in a circle: this node waits for its own output"},
      {"NoOperator", with({{1, Proto().bytes(2, "z")}}), kUnreadable,
       "node '_z' (): it does not say which operator it is: export the model again"},
      {"NamelessAttribute", with({{1, node("Elu", {"x"}, {"z"}).message(5, Proto().number(3, 1))}}),
       kUnreadable, "node 'Elu_z' (Elu): an attribute has no name: export the model again"},
      {"TooFewInputs", with({{1, node("Conv", {"x"}, {"z"})}}), kUnreadable,
       "node 'Conv_z' (Conv): an operator Conv takes 2 to 3 inputs, this one has 1, or a needed "
       "one is "
       "left out: export the model again"},
      {"LeftOutInput", with({{1, node("Concat", {"x", "", "x"}, {"z"})}}), kUnreadable,
       "node 'Concat_z' (Concat): an operator Concat takes 1 or more inputs, this one has 3, or a "
       "needed "
       "one is left out: export the model again"},
      {"ShapeAndDataDisagree", with({{5, floats("w", {2, 3}, {1, 2, 3})}}), kUnreadable,
       "tensor 'w': its shape [2, 3] asks for 24 bytes, but the file holds 12 bytes: the file is "
       "damaged, export it again"},
      {"NoData", with({{5, tensor("w", 1, {1000000000})}}), kUnreadable,
       "tensor 'w': its shape [1000000000] asks for 1000000000 elements, but the file holds less: "
       "the "
       "file is damaged, export it again"},
      {"TooMuchTypedData", with({{5, tensor("w", 7, {1}).number(7, 1).number(7, 2)}}), kUnreadable,
       "tensor 'w': its shape [1] asks for 1 elements, but the file holds more: the file is "
       "damaged, "
       "export it again"},
      {"NegativeDimension", with({{5, floats("w", {-4}, {})}}), kUnreadable,
       "tensor 'w': a tensor of shape [-4] cannot exist: the file is damaged, export it again"},
      {"AbsurdDimensions", with({{5, floats("w", {1 << 30, 1 << 30, 1 << 30}, {})}}), kUnreadable,
       "tensor 'w': a tensor of shape [1073741824, 1073741824, 1073741824] cannot exist: the file "
       "is "
       "damaged, export it again"},
      {"AbsurdRank", with({{5, floats("w", std::vector<int64_t>(100, 1), {1})}}), kUnreadable,
       "tensor 'w': a tensor of shape 100 dimensions cannot exist: the file is damaged, export it "
       "again"},
      {"AbsurdInput", with({{11, value("z", 1, std::vector<int64_t>(100, 1))}}), kUnreadable,
       "an input 'z': it has 100 dimensions: the file is damaged, export it again"},
      {"NamelessTensor", with({{5, floats("", {1}, {1})}}), kUnreadable,
       "an initializer has no name: export the model again"},
      {"OddType", with({{5, tensor("w", 17, {1}).bytes(9, "a")}}), kUnsupported,
       "tensor 'w': its element type float8e4m3fn (17) is not supported: export the model with "
       "float or "
       "int8 weights"},
      {"SparseTensor", with({{15, Proto()}}), kUnsupported,
       "the model has sparse initializers, which Octavo does not read: export it with dense ones"},
      {"BranchWithInput",
       with({{1, node("If", {"x"}, {"z"})
                     .message(5, subgraph("then_branch", graph({in("a"), out("a")})))}}),
       kUnreadable,
       "node 'If_z' (If): subgraph 'then_branch': it does not fit: it needs no inputs and as many "
       "outputs as the node"},
      {"TwoConditions", with({{1, node("If", {"x", "x"}, {"z"})}}), kUnreadable,
       "node 'If_z' (If): it takes one input, the condition: export the model again"},
      {"OneBranch",
       with({{1, node("If", {"x"}, {"z"}).message(5, subgraph("then_branch", graph({out("x")})))}}),
       kUnreadable, "node 'If_z' (If): it lacks one of its two branches: export the model again"},
  };
}

class BadModel : public testing::TestWithParam<Case> {};

TEST_P(BadModel, IsRefusedWithASentence) {
  const auto opened = open(GetParam().bytes);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.status().code(), GetParam().code);
  EXPECT_EQ(opened.status().to_string(), GetParam().sentence);
}

INSTANTIATE_TEST_SUITE_P(Table, BadModel, testing::ValuesIn(cases()),
                         [](const auto& info) { return info.param.name; });

TEST(BadModels, GraphsWithinGraphsHaveALimit) {
  const auto opened = open(deep(40));
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.status().message(),
            "graphs within graphs, more than 33 deep: no real model is built like that");
}

TEST(BadModels, EveryCutOfAGoodModelIsRefused) {
  const std::string bytes = good();
  ASSERT_TRUE(open(bytes).ok());
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto opened = open(bytes.substr(0, size));
    ASSERT_FALSE(opened.ok()) << size;
    EXPECT_EQ(opened.status().code(), ErrorCode::kModelUnreadable) << size;
  }
}

TEST(BadModels, ThousandsOfAttributesAreNoHarm) {
  Proto busy = node("Elu", {"x"}, {"z"});
  for (int i = 0; i < 20000; ++i) busy.message(5, integer("a" + std::to_string(i), i));
  EXPECT_TRUE(open(with({{1, busy}})).ok());
}

}  // namespace
}  // namespace octavo
