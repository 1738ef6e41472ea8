// QLinearConv and its like become DequantizeLinear, the float operator and QuantizeLinear.
#include <gtest/gtest.h>

#include "tests/unit/formats/onnx/model_bytes.h"
#include "tests/unit/formats/onnx/node_lines.h"

namespace octavo {
namespace {

using namespace model_bytes;  // NOLINT: builders
using node_lines::lines_of;

Proto bytes(std::string_view name, int type, const std::vector<int64_t>& dims,
            std::string_view data) {
  return tensor(name, type, dims).bytes(9, data);
}

std::string model_of(const Proto& node) {
  return model(graph({{1, node},
                      {5, floats("s", {}, {0.5f})},
                      {5, floats("w_s", {2}, {0.25f, 0.75f})},
                      {5, bytes("z", 2, {}, "\x07")},
                      {5, bytes("w_z", 3, {2}, std::string_view("\0\0", 2))},
                      {5, bytes("w", 3, {2, 1, 1, 1}, "\x01\x02")},
                      {5, tensor("b", 6, {2}).bytes(9, bytes_of<int32_t>({10, 20}))},
                      {11, value("x", 2, {1, 1, 4, 4})},
                      {11, value("free", 1, {})},
                      {12, value("y", 2, {})}}));
}

struct Case {
  const char* name;
  Proto node;
  std::string wanted;
};

class QOperator : public testing::TestWithParam<Case> {};

TEST_P(QOperator, BecomesAnIsland) {
  const auto opened = open(model_of(GetParam().node));
  ASSERT_TRUE(opened.ok()) << opened.status().to_string();
  EXPECT_EQ(lines_of(opened->graph), GetParam().wanted);
  EXPECT_TRUE(opened->graph.validate().ok());
  EXPECT_EQ(opened->graph.value(opened->graph.outputs.at(0)).name, "y");
}

Proto microsoft(Proto node) { return node.bytes(7, "com.microsoft"); }

INSTANTIATE_TEST_SUITE_P(
    Table, QOperator,
    testing::Values(
        Case{"Conv",
             node("QLinearConv", {"x", "s", "z", "w", "w_s", "w_z", "s", "z", "b"}, {"y"})
                 .bytes(3, "c"),
             "DequantizeLinear(x, 0.5, 7); DequantizeLinear([1 2], [0.25 0.75], [0 0]) axis=0; "
             "DequantizeLinear([10 20], [0.125 0.375]) axis=0; "
             "Conv(c_DequantizeLinear, c_DequantizeLinear_2, c_DequantizeLinear_3); "
             "QuantizeLinear(c_Conv, 0.5, 7)"},
        Case{"Add",
             microsoft(node("QLinearAdd", {"x", "s", "z", "x", "s", "z", "s", "z"}, {"y"}))
                 .bytes(3, "a"),
             "DequantizeLinear(x, 0.5, 7); DequantizeLinear(x, 0.5, 7); "
             "Add(a_DequantizeLinear, a_DequantizeLinear_2); QuantizeLinear(a_Add, 0.5, 7)"},
        Case{"Concat",
             microsoft(node("QLinearConcat", {"s", "z", "x", "s", "z"}, {"y"})
                           .message(5, integer("axis", 1)))
                 .bytes(3, "k"),
             "DequantizeLinear(x, 0.5, 7); Concat(k_DequantizeLinear) axis=1; "
             "QuantizeLinear(k_Concat, 0.5, 7)"},
        Case{"Pool",
             microsoft(node("QLinearGlobalAveragePool", {"x", "s", "z", "s", "z"}, {"y"})
                           .message(5, integer("channels_last", 0)))
                 .bytes(3, "p"),
             "DequantizeLinear(x, 0.5, 7); GlobalAveragePool(p_DequantizeLinear); "
             "QuantizeLinear(p_GlobalAveragePool, 0.5, 7)"},
        Case{"ChannelsLastStays",
             microsoft(node("QLinearGlobalAveragePool", {"x", "s", "z", "s", "z"}, {"y"})
                           .message(5, integer("channels_last", 1))),
             "?QLinearGlobalAveragePool(x, 0.5, 7, 0.5, 7) channels_last=1"},
        Case{"FreeScaleStays",
             node("QLinearConv", {"x", "free", "z", "w", "w_s", "w_z", "s", "z"}, {"y"}),
             "?QLinearConv(x, free, 7, [1 2], [0.25 0.75], [0 0], 0.5, 7)"},
        Case{"AdoptedOperator", microsoft(node("QuantizeLinear", {"free", "s", "z"}, {"y"})),
             "QuantizeLinear(free, 0.5, 7)"}),
    [](const auto& info) { return info.param.name; });

TEST(QOperator, KeepsTheNameOfItsNode) {
  const auto opened = open(model_of(
      node("QLinearConv", {"x", "s", "z", "w", "w_s", "w_z", "s", "z"}, {"y"}).bytes(3, "c")));
  ASSERT_TRUE(opened.ok());
  for (const NodeId id : opened->graph.live_nodes()) {
    const Node& node = opened->graph.node(id);
    EXPECT_EQ(node.op == Op::kConv, node.name == "c") << node.name;
  }
}

}  // namespace
}  // namespace octavo
