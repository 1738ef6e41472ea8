// DynamicQuantizeLinear, MatMulInteger, ConvInteger, DynamicQuantizeLSTM.
#include <limits>

#include "kernels/qconvert/qconvert.h"
#include "tests/unit/runtime/ops/evaluate.h"
#include "tests/unit/runtime/run_graph.h"

namespace octavo {
namespace {

TEST(DynamicQuantizeLinear, FindsScaleAndZeroPointInItsInput) {
  const auto y = evaluate(Op::kDynamicQuantizeLinear, {vector<float>({-1, 0, 0.5f, 1.55f})}, {}, 3);
  ASSERT_TRUE(y.ok()) << y.status().to_string();
  EXPECT_EQ((*y)[0].integers(), (std::vector<int64_t>{0, 100, 150, 255}));
  EXPECT_EQ((*y)[1].values<float>()[0], 2.55f / 255.0f);
  EXPECT_EQ((*y)[2].integers(), (std::vector<int64_t>{100}));
  EXPECT_EQ((*y)[1].shape(), Shape{});
}

TEST(DynamicQuantizeLinear, TakesWhatNoScaleFits) {
  const float inf = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const std::vector<float>& x :
       {std::vector<float>{}, {0, 0}, {nan, nan}, {inf, 1}, {-inf, inf, 0}, {3e38f, -3e38f}}) {
    const auto y = evaluate(Op::kDynamicQuantizeLinear, {vector<float>(x)}, {}, 3);
    EXPECT_TRUE(y.ok()) << y.status().to_string();
  }
}

TEST(MatMulInteger, TakesZeroPointsOfRowsAndColumns) {
  const Tensor a = tensor<uint8_t>({1, 2, 3, 4, 5, 6}, {2, 3});
  const Tensor b = tensor<int8_t>({1, -1, 2, -2, 3, -128}, {3, 2});
  EXPECT_EQ(values_of<int32_t>(Op::kMatMulInteger, {a, b}),
            (std::vector<int32_t>{14, -389, 32, -782}));
  EXPECT_EQ(values_of<int32_t>(Op::kMatMulInteger,
                               {a, b, vector<uint8_t>({1, 4}), vector<int8_t>({1, 0})}),
            (std::vector<int32_t>{5, -258, 5, -258}));
}

TEST(MatMulInteger, MultipliesBatchesAndVectors) {
  const Tensor a = tensor<uint8_t>({1, 2, 3, 4}, {2, 1, 2});
  const Tensor b = tensor<uint8_t>({1, 10}, {2});
  EXPECT_EQ(values_of<int32_t>(Op::kMatMulInteger, {a, b}), (std::vector<int32_t>{21, 43}));
  EXPECT_EQ(values_of<int32_t>(Op::kMatMulInteger, {b, b}), (std::vector<int32_t>{101}));
  const Tensor wide = tensor<uint8_t>({1, 0, 0, 1}, {2, 2});
  EXPECT_EQ(values_of<int32_t>(Op::kMatMulInteger, {a, wide}), (std::vector<int32_t>{1, 2, 3, 4}));
}

TEST(MatMulInteger, RefusesWhatDoesNotFit) {
  const Tensor a = tensor<uint8_t>({1, 2}, {1, 2}), b = tensor<uint8_t>({1, 2}, {2, 1});
  EXPECT_FALSE(evaluate(Op::kMatMulInteger, {a, a}).ok());
  EXPECT_FALSE(evaluate(Op::kMatMulInteger, {a, vector<float>({1, 2})}).ok());
  EXPECT_FALSE(evaluate(Op::kMatMulInteger, {a, b, vector<uint8_t>({1, 2})}).ok());
  EXPECT_FALSE(evaluate(Op::kMatMulInteger, {a, b, vector<int8_t>({1})}).ok());
}

TEST(ConvInteger, CountsPaddingAsZero) {
  const Tensor x = tensor<uint8_t>({2, 3, 4, 5, 6, 7, 8, 9, 10}, {1, 1, 3, 3});
  const Tensor w = tensor<uint8_t>({1, 1, 1, 1}, {1, 1, 2, 2});
  EXPECT_EQ(values_of<int32_t>(Op::kConvInteger, {x, w, tensor<uint8_t>({1}, {})}),
            (std::vector<int32_t>{12, 16, 24, 28}));  // the example of ONNX's operator
  EXPECT_EQ(values_of<int32_t>(Op::kConvInteger, {x, w, tensor<uint8_t>({1}, {})},
                               {{"pads", std::vector<int64_t>{1, 1, 1, 1}}}),
            (std::vector<int32_t>{1, 3, 5, 3, 5, 12, 16, 9, 11, 24, 28, 15, 7, 15, 17, 9}));
}

TEST(ConvInteger, RefusesWhatDoesNotFit) {
  const Tensor x = tensor<uint8_t>({1, 2, 3, 4}, {1, 1, 2, 2}),
               w = tensor<uint8_t>({1, 2}, {2, 1, 1, 1});
  EXPECT_TRUE(
      evaluate(Op::kConvInteger, {x, w, tensor<uint8_t>({1}, {}), vector<uint8_t>({1, 2})}).ok());
  EXPECT_FALSE(evaluate(Op::kConvInteger, {x, vector<float>({1, 2})}).ok());
  EXPECT_FALSE(evaluate(Op::kConvInteger, {x, w, vector<uint8_t>({1, 2})}).ok());
  EXPECT_FALSE(
      evaluate(Op::kConvInteger, {x, w, tensor<uint8_t>({1}, {}), vector<uint8_t>({1, 2, 3})})
          .ok());
  EXPECT_FALSE(evaluate(Op::kConvInteger, {x, w, tensor<int8_t>({1}, {})}).ok());
}

// --- LSTM
// ---------------------------------------------------------------------------------------

constexpr int64_t kSteps = 4, kInput = 5, kHidden = 6, kRows = 4 * kHidden;

// (2, inputs, gates) of 8 bits.
Tensor weights(int64_t inputs, uint32_t seed) {
  Noise noise(seed);
  std::vector<int8_t> values;
  for (int64_t i = 0; i < 2 * inputs * kRows; ++i) {
    values.push_back(static_cast<int8_t>(noise.between(-127, 127)));
  }
  return tensor(values, {2, inputs, kRows});
}

// As LSTM wants them: (2, gates, inputs), real.
Tensor real(const Tensor& weights, float scale) {
  const int64_t inputs = weights.shape()[1];
  std::vector<float> values(static_cast<size_t>(weights.count()));
  for (int64_t at = 0; at < weights.count(); ++at) {
    const int64_t row = at % kRows, i = at / kRows % inputs, d = at / kRows / inputs;
    values[static_cast<size_t>((d * kRows + row) * inputs + i)] =
        scale * static_cast<float>(weights.values<int8_t>()[static_cast<size_t>(at)]);
  }
  return tensor(values, {2, kRows, inputs});
}

class DynamicLstm : public testing::Test {
 protected:
  static constexpr float kScale = 1.0f / 256;
  const Tensor w_ = weights(kInput, 1), r_ = weights(kHidden, 2);
  const Tensor x_ = random_floats({kSteps, 2, kInput}, 3), bias_ = random_floats({2, 2 * kRows}, 4);
  const Attrs attrs_ = {{"direction", std::string("bidirectional")}, {"hidden_size", kHidden}};

  std::vector<Tensor> inputs(Shape per) const {
    const auto count = static_cast<size_t>(per.count());
    const Tensor scale = tensor(std::vector<float>(count, kScale), per);
    const Tensor zero = tensor(std::vector<int8_t>(count, 0), per);
    return {x_, w_, r_, bias_, {}, {}, {}, {}, scale, zero, scale, zero};
  }
};

TEST_F(DynamicLstm, IsNearTheFloatLstmOfItsWeights) {
  const auto exact =
      evaluate(Op::kLSTM, {x_, real(w_, kScale), real(r_, kScale), bias_}, attrs_, 3);
  ASSERT_TRUE(exact.ok()) << exact.status().to_string();
  for (const Shape& per : {Shape{2}, Shape{2, kRows}}) {
    const auto got = evaluate(Op::kDynamicQuantizeLSTM, inputs(per), attrs_, 3);
    ASSERT_TRUE(got.ok()) << got.status().to_string();
    for (size_t output = 0; output < 3; ++output) {
      EXPECT_EQ((*got)[output].shape(), (*exact)[output].shape());
      for (size_t i = 0; i < floats_of((*exact)[output]).size(); ++i) {
        EXPECT_NEAR(floats_of((*got)[output])[i], floats_of((*exact)[output])[i], 0.05) << i;
      }
    }
  }
}

TEST_F(DynamicLstm, ZeroPointsCountAndAreOfEachRow) {
  std::vector<Tensor> shifted = inputs(Shape{2, kRows});
  const auto plain = evaluate(Op::kDynamicQuantizeLSTM, shifted, attrs_);
  std::vector<int8_t> zeros(2 * kRows, 0);
  zeros[3] = 100;  // of the third row of the first direction
  shifted[9] = tensor(zeros, {2, kRows});
  std::vector<int8_t> w(w_.values<int8_t>().begin(), w_.values<int8_t>().end());
  for (size_t i = 0; i < kInput; ++i) {
    int8_t& weight = w[i * kRows + 3];
    weight = static_cast<int8_t>(weight / 8);  // there must be room for the zero point
  }
  std::vector<Tensor> same = inputs(Shape{2, kRows});
  same[1] = tensor(w, w_.shape());
  for (size_t i = 0; i < kInput; ++i)
    w[i * kRows + 3] = static_cast<int8_t>(w[i * kRows + 3] + 100);
  shifted[1] = tensor(w, w_.shape());
  const auto a = evaluate(Op::kDynamicQuantizeLSTM, shifted, attrs_);
  const auto b = evaluate(Op::kDynamicQuantizeLSTM, same, attrs_);
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(floats_of((*a)[0]), floats_of((*b)[0]));
  EXPECT_NE(floats_of((*a)[0]), floats_of((*plain)[0]));
}

TEST_F(DynamicLstm, RefusesInputsThatDoNotFit) {
  std::vector<Tensor> bad = inputs(Shape{2});
  bad[2] = w_;  // of the wrong size
  EXPECT_FALSE(evaluate(Op::kDynamicQuantizeLSTM, bad, attrs_).ok());
  bad = inputs(Shape{3});  // scales
  EXPECT_FALSE(evaluate(Op::kDynamicQuantizeLSTM, bad, attrs_).ok());
  bad = inputs(Shape{2});
  bad.resize(8);  // no scales at all
  EXPECT_FALSE(evaluate(Op::kDynamicQuantizeLSTM, bad, attrs_).ok());
  bad = inputs(Shape{2});
  bad[1] = real(w_, kScale);  // float weights
  EXPECT_FALSE(evaluate(Op::kDynamicQuantizeLSTM, bad, attrs_).ok());
}

}  // namespace
}  // namespace octavo
