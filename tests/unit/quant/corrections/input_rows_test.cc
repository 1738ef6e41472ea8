// Rows times weights are what the operator itself computes. All numbers are small integers, so that
// every order of summation gives the same.
#include "quant/corrections/input_rows.h"

#include <gtest/gtest.h>

#include "tests/unit/runtime/ops/evaluate.h"
#include "tests/unit/runtime/run_graph.h"

namespace octavo {
namespace {

using Ints = std::vector<int64_t>;

Tensor small_integers(uint32_t seed, const Shape& shape) {
  Noise noise(seed);
  std::vector<float> values(static_cast<size_t>(shape.count()));
  for (float& value : values) value = static_cast<float>(noise.between(-5, 5));
  return Tensor::from(values, shape);
}

Node node_of(Op op, const Attrs& attrs) {
  Node node;
  node.op = op;
  for (const auto& [name, value] : attrs) node.attrs.set(name, value);
  return node;
}

std::vector<float> row_of(const InputRows& rows, const std::vector<float>& x, size_t row) {
  std::vector<float> gathered(rows.width());
  rows.gather(x, row, gathered.data());
  return gathered;
}

// Output o of a row: weights of `inner` elements, from the first of its group on.
float dot(const std::vector<float>& row, size_t first, const float* w, size_t inner,
          size_t stride) {
  float sum = 0;
  for (size_t k = 0; k < inner; ++k) sum += row[first + k] * w[k * stride];
  return sum;
}

struct ConvCase {
  const char* what;
  Shape x, w;
  Attrs attrs;
};

const ConvCase kConvs[] = {
    {"pointwise", {1, 4, 3, 2}, {5, 4, 1, 1}, {}},
    {"two images, padded on two sides", {2, 3, 5, 4}, {2, 3, 3, 3}, {{"pads", Ints{1, 0, 0, 2}}}},
    {"strides that differ", {1, 2, 7, 9}, {3, 2, 3, 2}, {{"strides", Ints{2, 3}}}},
    {"dilated",
     {1, 2, 9, 8},
     {2, 2, 3, 3},
     {{"dilations", Ints{3, 2}}, {"pads", Ints{2, 1, 2, 1}}}},
    {"same, at the upper side",
     {1, 2, 6, 5},
     {3, 2, 3, 3},
     {{"auto_pad", std::string("SAME_UPPER")}, {"strides", Ints{2, 2}}}},
    {"groups", {2, 6, 4, 4}, {9, 2, 2, 2}, {{"group", int64_t{3}}}},
    {"depthwise", {1, 3, 4, 4}, {6, 1, 3, 3}, {{"group", int64_t{3}}, {"pads", Ints{1, 1, 1, 1}}}},
    {"one axis", {2, 3, 8}, {4, 3, 3}, {{"strides", Ints{2}}, {"pads", Ints{1, 1}}}},
};

void expect_rows_give_conv(const InputRows& rows, const ConvCase& c) {
  const Tensor x = small_integers(1, c.x), w = small_integers(2, c.w);
  const auto made = evaluate(Op::kConv, {x, w}, c.attrs);
  ASSERT_TRUE(made.ok()) << made.status().to_string();
  const std::vector<float> y = floats_of((*made)[0]), weights = floats_of(w);
  const auto outputs = static_cast<size_t>(c.w[0]);
  const size_t inner = weights.size() / outputs;
  const size_t per_group = outputs / (rows.width() / inner);
  const size_t pixels = rows.count() / static_cast<size_t>(c.x[0]);
  ASSERT_EQ(rows.count() * outputs, y.size());
  for (size_t row = 0; row < rows.count(); ++row) {
    const std::vector<float> values = row_of(rows, floats_of(x), row);
    for (size_t o = 0; o < outputs; ++o) {
      const size_t at = (row / pixels * outputs + o) * pixels + row % pixels;
      ASSERT_EQ(dot(values, o / per_group * inner, &weights[o * inner], inner, 1), y[at])
          << "row " << row << ", output " << o;
    }
  }
}

TEST(InputRows, TimesWeightsGiveTheConvolution) {
  for (const ConvCase& c : kConvs) {
    SCOPED_TRACE(c.what);
    const auto rows = InputRows::make(node_of(Op::kConv, c.attrs), c.x, false, c.w);
    ASSERT_TRUE(rows);
    expect_rows_give_conv(*rows, c);
  }
}

// The values come in the same order; only the shape tells of the plan's layout.
TEST(InputRows, TimesWeightsGiveTheConvolutionOfAPlanWithChannelsLast) {
  for (const ConvCase& c : kConvs) {
    if (c.x.rank() != 4) continue;
    SCOPED_TRACE(c.what);
    const Shape last{c.x[0], c.x[2], c.x[3], c.x[1]};
    const auto rows = InputRows::make(node_of(Op::kQLinearConv, c.attrs), last, true, c.w);
    ASSERT_TRUE(rows);
    expect_rows_give_conv(*rows, c);
  }
}

void expect_rows_give_product(Op op, const Shape& x_shape, const Shape& w_shape,
                              const Attrs& attrs = {}) {
  const bool transposed = !attrs.empty();
  const Tensor x = small_integers(3, x_shape), w = small_integers(4, w_shape);
  const auto rows = InputRows::make(node_of(op, attrs), x_shape, false, w_shape);
  ASSERT_TRUE(rows);
  const auto made = evaluate(op, {x, w}, attrs);
  ASSERT_TRUE(made.ok()) << made.status().to_string();
  const std::vector<float> y = floats_of((*made)[0]), weights = floats_of(w);
  const auto inner = static_cast<size_t>(w_shape[transposed ? 1 : 0]);
  const auto outputs = static_cast<size_t>(w_shape[transposed ? 0 : 1]);
  ASSERT_EQ(rows->width(), inner);
  ASSERT_EQ(rows->count() * outputs, y.size());
  for (size_t i = 0; i < y.size(); ++i) {
    const float* column = &weights[i % outputs * (transposed ? inner : 1)];
    const auto row = row_of(*rows, floats_of(x), i / outputs);
    EXPECT_EQ(dot(row, 0, column, inner, transposed ? 1 : outputs), y[i]);
  }
}

TEST(InputRows, TimesWeightsGiveTheProductOfMatrices) {
  expect_rows_give_product(Op::kGemm, {3, 4}, {4, 5});
  expect_rows_give_product(Op::kGemm, {3, 4}, {5, 4}, {{"transB", int64_t{1}}});
  expect_rows_give_product(Op::kMatMul, {2, 3, 4}, {4, 5});
}

TEST(InputRows, AreNotThereForConvolutionsOfVolumesAndForNumbers) {
  EXPECT_FALSE(InputRows::make(node_of(Op::kConv, {}), {1, 2, 4, 4, 4}, false, {3, 2, 2, 2, 2}));
  EXPECT_FALSE(InputRows::make(node_of(Op::kConv, {}), {1, 2, 4, 4}, false, {3, 5, 2, 2}));
  EXPECT_FALSE(InputRows::make(node_of(Op::kMatMul, {}), {}, false, {4, 5}));
  EXPECT_FALSE(InputRows::make(node_of(Op::kMatMul, {}), {3, 0}, false, {0, 5}));
}

}  // namespace
}  // namespace octavo
