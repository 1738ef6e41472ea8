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
