// Any number of threads gives the bytes of one.
#include "runtime/ops/windows.h"
#include "tests/unit/runtime/qdq_builder.h"

namespace octavo {
namespace {

struct ConvCase {
  const char* name;
  Shape x, w;
  int64_t group, stride, dilation;
  std::vector<int64_t> pads;
};

// Of more than a million multiply-adds, so that they are split.
const std::vector<ConvCase> kConvs = {
    {"pointwise", {1, 64, 19, 23}, {96, 64, 1, 1}, 1, 1, 1, {0, 0, 0, 0}},
    {"pointwise, stride", {1, 64, 31, 30}, {160, 64, 1, 1}, 1, 2, 1, {0, 0, 0, 0}},
    {"3x3", {1, 16, 30, 21}, {32, 16, 3, 3}, 1, 1, 1, {1, 1, 1, 1}},
    {"3x3, stride", {1, 16, 43, 40}, {64, 16, 3, 3}, 1, 2, 1, {1, 1, 0, 0}},
    {"5x5, dilated", {1, 8, 40, 24}, {24, 8, 5, 5}, 1, 1, 2, {4, 4, 4, 4}},
    {"7x7, stride, few channels", {1, 3, 64, 64}, {64, 3, 7, 7}, 1, 2, 1, {3, 3, 3, 3}},
    {"padding beyond the kernel", {1, 32, 9, 30}, {64, 32, 3, 3}, 1, 1, 1, {6, 0, 5, 0}},
    {"groups", {1, 32, 40, 40}, {64, 8, 3, 3}, 4, 1, 1, {1, 1, 1, 1}},
    {"depthwise", {1, 192, 40, 37}, {192, 1, 3, 3}, 192, 1, 1, {1, 1, 1, 1}},
    {"depthwise, stride", {1, 256, 60, 61}, {256, 1, 5, 5}, 256, 2, 1, {2, 2, 2, 2}},
};

std::vector<std::pair<std::string, Attribute>> attribute_list(const ConvCase& c) {
  return {{"group", c.group},
          {"strides", std::vector<int64_t>{c.stride, c.stride}},
          {"dilations", std::vector<int64_t>{c.dilation, c.dilation}},
          {"pads", c.pads}};
}

Attributes attributes(const ConvCase& c) {
  Attributes attrs;
  for (const auto& [name, value] : attribute_list(c)) attrs.set(name, value);
  return attrs;
}

void expect_threads_change_nothing(const Graph& graph, const char* name) {
  const std::vector<uint8_t> one = run_on_noise(graph, {});
  EXPECT_FALSE(one.empty());
  for (const int threads : {2, 3, 7}) {
    EXPECT_EQ(run_on_noise(graph, {}, threads), one) << name << " on " << threads;
  }
}

TEST(Threads, DoNotChangeAConvolution) {
  for (const ConvCase& c : kConvs) {
    QdqBuilder b;
    std::vector<float> weights(static_cast<size_t>(c.w.count()));
    Noise noise(5);
    for (float& w : weights) w = noise.real(-1, 1);
    const ValueId x = b.input("x", c.x, DType::kFloat32);
    b.output(b.node(Op::kConv, {x, b.floats("w", weights, c.w)}, "y", attribute_list(c)));
    ASSERT_TRUE(infer_shapes(b.graph).ok());
    expect_threads_change_nothing(b.graph, c.name);
  }
}

TEST(Threads, DoNotChangeAnEightBitConvolution) {
  for (const ConvCase& c : kConvs) {
    QdqBuilder b;
    const ValueId x = b.input8("x", c.x, {0.25f, 131});
    const ValueId w = b.weights("w", c.w, {0.5f});
    b.output8(b.node(Op::kConv, {x, w}, "y", attribute_list(c)), "y", {16.0f, 120});
    ASSERT_TRUE(infer_shapes(b.graph).ok());
    expect_threads_change_nothing(b.graph, c.name);
  }
}

std::vector<float> reals(int64_t count) {
  std::vector<float> values(static_cast<size_t>(count));
  Noise noise(9);
  for (float& value : values) value = noise.real(-1, 1);
  return values;
}

TEST(Threads, DoNotChangeAProduct) {
  const auto expect = [](const char* name, const Shape& a, const Shape& b, bool constant) {
    QdqBuilder builder;
    const ValueId x = builder.input("a", a);
    const ValueId w = constant ? builder.floats("b", reals(b.count()), b) : builder.input("b", b);
    builder.output(builder.node(Op::kMatMul, {x, w}, "y"));
    ASSERT_TRUE(infer_shapes(builder.graph).ok());
    expect_threads_change_nothing(builder.graph, name);
  };
  expect("many rows", {150, 60}, {60, 100}, true);
  expect("one row", {1, 700}, {700, 1003}, true);
  expect("few rows, the last panel not full", {5, 600}, {600, 217}, true);
  expect("rows of a batch", {3, 50, 64}, {64, 96}, true);
  expect("a batch of both", {2, 60, 100}, {2, 100, 130}, false);
}

TEST(Threads, DoNotChangeAGemm) {
  for (const int64_t transposed : {0, 1}) {
    QdqBuilder b;
    const ValueId x = b.input("x", transposed ? Shape{70, 90} : Shape{90, 70});
    const ValueId w = b.floats("w", reals(70 * 120), {120, 70});
    const ValueId c = b.floats("c", reals(90 * 120), {90, 120});
    b.output(b.node(Op::kGemm, {x, w, c}, "y", {{"transA", transposed}, {"transB", int64_t{1}}}));
    ASSERT_TRUE(infer_shapes(b.graph).ok());
    expect_threads_change_nothing(b.graph, transposed ? "transposed" : "as it is");
  }
}

TEST(Threads, DoNotChangeAnEightBitProduct) {
  QdqBuilder b;
  const ValueId x = b.input8("x", {171, 130}, {0.25f, 131});
  const ValueId w = b.weights("w", {130, 100}, {0.5f});
  const ValueId y = b.node(Op::kMatMul, {x, w}, "y");
  b.output8(y, "y", {16.0f, 120});
  EXPECT_EQ(ops_of(lowered(b.graph)), "QLinearGemm DequantizeLinear");
  expect_threads_change_nothing(b.graph, "8 bits");
}

TEST(Threads, DoNotChangeADynamicProduct) {
  QdqBuilder b;
  const ValueId x = b.input("x", Shape{1, 171, 130});
  const auto q = b.nodes(Op::kDynamicQuantizeLinear, {x}, {"q", "q_scale", "q_zero"});
  Noise noise(4);
  const std::vector<uint8_t> bytes = noise.bytes(130 * 100);
  const ValueId w = b.constant("w", std::vector<int8_t>(bytes.begin(), bytes.end()), {130, 100});
  const ValueId sum = b.node(Op::kMatMulInteger, {q[0], w, q[2]}, "sum");
  const ValueId real = b.node(Op::kCast, {sum}, "real", {{"to", int64_t{1}}});
  const ValueId scale = b.node(Op::kMul, {q[1], b.floats("w_scale", {0.5f}, {})}, "scale");
  b.output(b.node(Op::kMul, {real, scale}, "y"));
  ASSERT_TRUE(infer_shapes(b.graph).ok());
  Graph fused = b.graph;
  ASSERT_TRUE(fuse_integer_products(fused).ok());
  EXPECT_EQ(ops_of(fused), "DynamicQuantizeLinear Mul MatMulIntegerToFloat");
  expect_threads_change_nothing(b.graph, "dynamic");
}

TEST(Threads, DoNotChangeADynamicConvolution) {
  for (const int64_t groups : {1, 48}) {
    QdqBuilder b;
    const ValueId x = b.input("x", Shape{1, 48, 60, 61});
    const auto q = b.nodes(Op::kDynamicQuantizeLinear, {x}, {"q", "q_scale", "q_zero"});
    Noise noise(4);
    const std::vector<uint8_t> bytes = noise.bytes(static_cast<size_t>(48 * 48 / groups * 9));
    const ValueId w = b.constant("w", bytes, {48, 48 / groups, 3, 3});
    const ValueId sum = b.node(Op::kConvInteger, {q[0], w, q[2]}, "sum",
                               {{"group", groups}, {"pads", Ints{1, 1, 1, 1}}});
    const ValueId real = b.node(Op::kCast, {sum}, "real", {{"to", int64_t{1}}});
    const ValueId scale = b.node(Op::kMul, {q[1], b.floats("w_scale", {0.5f}, {})}, "scale");
    b.output(b.node(Op::kRelu, {b.node(Op::kMul, {real, scale}, "scaled")}, "y"));
    ASSERT_TRUE(infer_shapes(b.graph).ok());
    expect_threads_change_nothing(b.graph, groups == 1 ? "product" : "depthwise");
  }
}

TEST(Threads, DoNotChangeASumOfBytes) {
  for (const Shape& other : {Shape{1, 48, 50, 51}, Shape{1, 1, 1, 1}}) {
    QdqBuilder b;
    const ValueId x = b.input8("x", {1, 48, 50, 51}, {0.25f, 131});
    const ValueId z = b.input8("z", other, {0.5f, 12});
    b.output8(b.node(Op::kAdd, {z, x}, "y"), "y", {1.0f, 120});
    ASSERT_TRUE(infer_shapes(b.graph).ok());
    expect_threads_change_nothing(b.graph, "sum");
  }
}

TEST(PartsWorth, IsOneForLittleWorkAndNeverMoreThanAsked) {
  EXPECT_EQ(parts_worth(0, 8), 1);
  EXPECT_EQ(parts_worth(1e6, 8), 1);
  EXPECT_EQ(parts_worth(4e6, 8), 3);
  EXPECT_EQ(parts_worth(1e30, 8), 8);
  EXPECT_EQ(parts_worth(1e30, 0), 1);
}

TEST(SplitByLines, CoversTheOutputWithConvolutionsOfTheirOwn) {
  for (const ConvCase& c : kConvs) {
    const ConvGeometry whole = conv_geometry(attributes(c), c.x, c.w).value();
    const auto parts = split_by_lines(whole, 3);
    EXPECT_GT(parts.size(), 1u) << c.name;
    int64_t line = 0;
    for (const ConvPart& part : parts) {
      const WindowAxis h = part.geometry.h();
      EXPECT_EQ(part.y_line, line);
      EXPECT_GE(part.x_line, 0);
      EXPECT_LE(part.x_line + h.in, whole.h().in);
      EXPECT_EQ((h.in + h.pad_begin + h.pad_end - h.reach()) / h.stride + 1, h.out) << c.name;
      line += h.out;
    }
    EXPECT_EQ(line, whole.h().out);
  }
}

TEST(SplitByLines, LeavesSmallWorkBatchesAndSequencesWhole) {
  const auto parts = [](const Attributes& attrs, const Shape& x, const Shape& w) {
    return split_by_lines(conv_geometry(attrs, x, w).value(), 8).size();
  };
  const Attributes pointwise = attributes(kConvs[0]);
  EXPECT_EQ(parts(pointwise, {1, 64, 3, 3}, {96, 64, 1, 1}), 1u);
  EXPECT_EQ(parts(pointwise, {2, 64, 99, 99}, {96, 64, 1, 1}), 1u);
  EXPECT_EQ(parts({}, {1, 64, 9999}, {96, 64, 3}), 1u);
}

}  // namespace
}  // namespace octavo
