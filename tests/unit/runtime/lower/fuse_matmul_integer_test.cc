#include <gtest/gtest.h>

#include "graph/shape_inference.h"
#include "runtime/lower/lower.h"
#include "tests/unit/graph/graph_builder.h"
#include "tests/unit/runtime/run_graph.h"

namespace octavo {
namespace {

struct Sizes {
  int64_t rows, depth, columns;
};

// x -> DynamicQuantizeLinear -> MatMulInteger -> Cast -> Mul -> Add -> Relu -> y
struct Product {
  GraphBuilder b;
  ValueId sum, real, scaled, y;

  explicit Product(Sizes s, DType w_type = DType::kInt8, bool zero_points = false,
                   Shape bias = Shape{1}) {
    const ValueId x = b.input("x", Shape{1, s.rows, s.depth});
    const auto q = b.nodes(Op::kDynamicQuantizeLinear, {x}, {"q", "q_scale", "q_zero"});
    Noise noise(static_cast<uint32_t>(s.rows * s.depth + s.columns));
    const std::vector<uint8_t> bytes = noise.bytes(static_cast<size_t>(s.depth * s.columns));
    const auto constant = [&](const char* name, const std::vector<uint8_t>& data, Shape shape) {
      const auto span = std::span<const uint8_t>(data);
      return b.graph.add_constant(name, Tensor(w_type, std::move(shape), Buffer::copy_of(span)));
    };
    std::vector<ValueId> inputs = {q[0], constant("w", bytes, Shape{s.depth, s.columns}), q[2]};
    if (zero_points) {
      inputs.push_back(
          constant("w_zero", noise.bytes(static_cast<size_t>(s.columns)), Shape{s.columns}));
    }
    std::vector<float> scales, biases;
    for (int64_t i = 0; i < s.columns; ++i) scales.push_back(noise.real(0.001f, 0.01f));
    for (int64_t i = 0; i < bias.count(); ++i) biases.push_back(noise.real(-1, 1));
    sum = b.node(Op::kMatMulInteger, inputs, "sum");
    real = b.node(Op::kCast, {sum}, "real", {{"to", int64_t{1}}});
    const ValueId scale =
        b.node(Op::kMul, {b.floats("w_scale", scales, Shape{s.columns}), q[1]}, "scale");
    scaled = b.node(Op::kMul, {scale, real}, "scaled");
    const ValueId added = b.node(Op::kAdd, {scaled, b.floats("bias", biases, bias)}, "added");
    y = b.node(Op::kRelu, {added}, "y");
    b.output(y);
    EXPECT_TRUE(infer_shapes(b.graph).ok()) << infer_shapes(b.graph).to_string();
  }

  Graph fused() const {
    Graph graph = b.graph;
    EXPECT_TRUE(fuse_matmul_integer(graph).ok());
    EXPECT_TRUE(graph.validate().ok()) << graph.validate().to_string();
    return graph;
  }
};

TEST(FuseMatMulInteger, GivesTheBitsOfTheSingleNodesOnEverySetOfInstructions) {
  for (const Sizes s : {Sizes{1, 1, 1}, {3, 7, 9}, {6, 16, 8}, {13, 33, 17}, {100, 192, 24}}) {
    for (const DType type : {DType::kInt8, DType::kUint8}) {
      for (const bool zero_points : {false, true}) {
        const Product p(s, type, zero_points, zero_points ? Shape{s.columns} : Shape{1});
        const std::vector<Tensor> x = {noise_tensor(5, Shape{1, s.rows, s.depth})};
        const auto plain = run_graph(p.b.graph, x, {.lower = false});
        ASSERT_TRUE(plain.ok()) << plain.status().to_string();
        for (const Isa isa : {Isa::kRef, Isa::kSimd128, best_isa()}) {
          const auto fused = run_graph(p.b.graph, x, {.isa = isa});
          ASSERT_TRUE(fused.ok()) << fused.status().to_string();
          EXPECT_EQ(floats_of((*fused)[0]), floats_of((*plain)[0]))
              << s.rows << 'x' << s.depth << 'x' << s.columns << ' ' << name_of(isa);
        }
      }
    }
  }
}

TEST(FuseMatMulInteger, LeavesOneNodeUnderTheNameOfTheProduct) {
  Product p({2, 4, 3});
  const Graph graph = p.fused();
  EXPECT_EQ(count_ops(graph, Op::kMatMulInteger) + count_ops(graph, Op::kCast), 0);
  EXPECT_EQ(count_ops(graph, Op::kDynamicQuantizeLinear), 1);
  const ValueId added = graph.find_value("added");
  ASSERT_NE(added, kNoValue);
  const Node& node = graph.node(graph.producer(added));
  EXPECT_EQ(node.op, Op::kMatMulIntegerToFloat);
  EXPECT_EQ(node.name, "sum_node");
}

TEST(FuseMatMulInteger, StopsBeforeABiasThatIsNotOneARowOrColumn) {
  const Product p({2, 4, 3}, DType::kInt8, false, Shape{2, 1});
  const Graph graph = p.fused();
  EXPECT_EQ(count_ops(graph, Op::kMatMulIntegerToFloat), 1);
  EXPECT_EQ(count_ops(graph, Op::kAdd), 1);
}

TEST(FuseMatMulInteger, LeavesWhatSomebodyElseSees) {
  for (const auto seen : {&Product::sum, &Product::real}) {
    Product p({2, 4, 3});
    p.b.output(p.*seen);
    EXPECT_EQ(count_ops(p.fused(), Op::kMatMulIntegerToFloat), 0);
  }
  Product p({2, 4, 3});
  p.b.output(p.scaled);
  EXPECT_EQ(count_ops(p.fused(), Op::kAdd), 1);
}

TEST(FuseMatMulInteger, LeavesWeightsThatAreComputed) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{2, 3}, DType::kUint8);
  const ValueId w = b.input("w", Shape{3, 2}, DType::kUint8);
  const ValueId real =
      b.node(Op::kCast, {b.node(Op::kMatMulInteger, {x, w}, "sum")}, "real", {{"to", int64_t{1}}});
  b.output(b.node(Op::kMul, {real, b.floats("s", {2}, Shape{})}, "y"));
  ASSERT_TRUE(infer_shapes(b.graph).ok());
  ASSERT_TRUE(fuse_matmul_integer(b.graph).ok());
  EXPECT_EQ(count_ops(b.graph, Op::kMatMulInteger), 1);
}

}  // namespace
}  // namespace octavo
