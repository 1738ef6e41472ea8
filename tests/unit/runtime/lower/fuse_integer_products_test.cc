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
    EXPECT_TRUE(fuse_integer_products(graph).ok());
    EXPECT_TRUE(graph.validate().ok()) << graph.validate().to_string();
    return graph;
  }
};

TEST(FuseIntegerProducts, GivesTheBitsOfTheSingleNodesOnEverySetOfInstructions) {
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

struct ConvCase {
  Shape x, w;
  int64_t groups = 1, stride = 1, dilation = 1, pad = 0;
};

// x -> DynamicQuantizeLinear -> ConvInteger -> Cast -> Mul -> Add -> Relu -> y, as Product
struct Convolution {
  GraphBuilder b;

  Convolution(const ConvCase& of, DType w_type, int64_t zero_points, bool biased) {
    const ValueId x = b.input("x", of.x);
    const auto q = b.nodes(Op::kDynamicQuantizeLinear, {x}, {"q", "q_scale", "q_zero"});
    Noise noise(static_cast<uint32_t>(of.w.count()));
    const int64_t channels = of.w[0];
    const auto bytes = [&](const char* name, Shape shape) {
      const std::vector<uint8_t> data = noise.bytes(static_cast<size_t>(shape.count()));
      const auto span = std::span<const uint8_t>(data);
      return b.graph.add_constant(name, Tensor(w_type, std::move(shape), Buffer::copy_of(span)));
    };
    const auto floats = [&](const char* name, float low, float high) {
      std::vector<int64_t> dims(static_cast<size_t>(of.w.rank() - 1), 1);
      dims[0] = channels;
      std::vector<float> values;
      for (int64_t i = 0; i < channels; ++i) values.push_back(noise.real(low, high));
      return b.floats(name, values, Shape(dims));
    };
    std::vector<ValueId> inputs = {q[0], bytes("w", of.w), q[2]};
    if (zero_points == 1) inputs.push_back(bytes("w_zero", Shape{}));
    if (zero_points > 1) inputs.push_back(bytes("w_zero", Shape{channels}));
    const auto n = static_cast<size_t>(of.w.rank() - 2);
    const ValueId sum = b.node(Op::kConvInteger, inputs, "sum",
                               {{"group", of.groups},
                                {"strides", Ints(n, of.stride)},
                                {"dilations", Ints(n, of.dilation)},
                                {"pads", Ints(2 * n, of.pad)}});
    const ValueId real = b.node(Op::kCast, {sum}, "real", {{"to", int64_t{1}}});
    const ValueId scale = b.node(Op::kMul, {q[1], floats("w_scale", 0.001f, 0.01f)}, "scale");
    ValueId y = b.node(Op::kMul, {real, scale}, "scaled");
    if (biased) y = b.node(Op::kAdd, {y, floats("bias", -1, 1)}, "added");
    b.output(b.node(Op::kRelu, {y}, "y"));
    EXPECT_TRUE(infer_shapes(b.graph).ok()) << infer_shapes(b.graph).to_string();
  }
};

TEST(FuseIntegerProducts, ConvolvesToTheBitsOfTheSingleNodesOnEverySetOfInstructions) {
  const ConvCase cases[] = {
      {{1, 3, 7, 9}, {9, 3, 3, 3}, 1, 2, 1, 1},     // gathered
      {{2, 5, 4, 4}, {8, 5, 1, 1}},                 // pointwise
      {{1, 4, 9, 9}, {6, 2, 3, 3}, 2, 1, 2, 2},     // groups, dilated
      {{1, 11, 8, 7}, {11, 1, 3, 3}, 11, 1, 1, 1},  // depthwise
      {{2, 9, 8, 8}, {9, 1, 5, 5}, 9, 2, 1, 2},
      {{1, 2, 12}, {3, 2, 5}, 1, 1, 1, 2},  // a signal
      {{1, 1, 3, 3}, {1, 1, 3, 3}},
  };
  for (const ConvCase& of : cases) {
    for (const DType type : {DType::kInt8, DType::kUint8}) {
      for (const int64_t zero_points : {0, 1, 2}) {
        const Convolution c(of, type, zero_points, zero_points != 1);
        Graph lowered = c.b.graph;
        ASSERT_TRUE(fuse_integer_products(lowered).ok());
        EXPECT_EQ(count_ops(lowered, Op::kConvIntegerToFloat), 1);
        EXPECT_EQ(count_ops(lowered, Op::kMul), 1) << "of the two scales";
        const std::vector<Tensor> x = {noise_tensor(5, of.x)};
        const auto plain = run_graph(c.b.graph, x, {.lower = false});
        ASSERT_TRUE(plain.ok()) << plain.status().to_string();
        for (const Isa isa : {Isa::kRef, Isa::kSimd128, best_isa()}) {
          const auto fused = run_graph(c.b.graph, x, {.isa = isa});
          ASSERT_TRUE(fused.ok()) << fused.status().to_string();
          EXPECT_EQ(floats_of((*fused)[0]), floats_of((*plain)[0]))
              << of.x.to_string() << ' ' << of.w.to_string() << ' ' << name_of(isa);
        }
      }
    }
  }
}

TEST(FuseIntegerProducts, LeavesOneNodeUnderTheNameOfTheProduct) {
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

TEST(FuseIntegerProducts, StopsBeforeABiasThatIsNotOneARowOrColumn) {
  const Product p({2, 4, 3}, DType::kInt8, false, Shape{2, 1});
  const Graph graph = p.fused();
  EXPECT_EQ(count_ops(graph, Op::kMatMulIntegerToFloat), 1);
  EXPECT_EQ(count_ops(graph, Op::kAdd), 1);
}

TEST(FuseIntegerProducts, LeavesWhatSomebodyElseSees) {
  for (const auto seen : {&Product::sum, &Product::real}) {
    Product p({2, 4, 3});
    p.b.output(p.*seen);
    EXPECT_EQ(count_ops(p.fused(), Op::kMatMulIntegerToFloat), 0);
  }
  Product p({2, 4, 3});
  p.b.output(p.scaled);
  EXPECT_EQ(count_ops(p.fused(), Op::kAdd), 1);
}

TEST(FuseIntegerProducts, LeavesWeightsThatAreComputed) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{2, 3}, DType::kUint8);
  const ValueId w = b.input("w", Shape{3, 2}, DType::kUint8);
  const ValueId real =
      b.node(Op::kCast, {b.node(Op::kMatMulInteger, {x, w}, "sum")}, "real", {{"to", int64_t{1}}});
  b.output(b.node(Op::kMul, {real, b.floats("s", {2}, Shape{})}, "y"));
  ASSERT_TRUE(infer_shapes(b.graph).ok());
  ASSERT_TRUE(fuse_integer_products(b.graph).ok());
  EXPECT_EQ(count_ops(b.graph, Op::kMatMulInteger), 1);
}

}  // namespace
}  // namespace octavo
