#include <limits>

#include "tests/unit/runtime/ops/evaluate.h"

namespace octavo {
namespace {

constexpr int32_t kLowest = std::numeric_limits<int32_t>::min();

// The element of a broadcast operand under an index of the output.
float broadcast_at(const Tensor& x, const Shape& y, int64_t index) {
  int64_t at = 0, stride = 1;
  for (int i = y.rank() - 1, k = x.shape().rank() - 1; i >= 0; --i, --k) {
    if (k >= 0) {
      at += (x.shape()[k] == 1 ? 0 : index % y[i]) * stride;
      stride *= x.shape()[k];
    }
    index /= y[i];
  }
  return x.values<float>()[static_cast<size_t>(at)];
}

struct Broadcast {
  Shape a, b, y;
};

TEST(Binary, BroadcastsEveryWayThatOnnxKnows) {
  const Broadcast cases[] = {
      {{2, 3, 4}, {2, 3, 4}, {2, 3, 4}},
      {{2, 3, 4}, {}, {2, 3, 4}},
      {{}, {2, 3}, {2, 3}},
      {{2, 3, 4}, {4}, {2, 3, 4}},
      {{3, 1}, {1, 5}, {3, 5}},
      {{1, 3, 1}, {2, 1, 4}, {2, 3, 4}},
      {{2, 3, 4, 5}, {3, 1, 1}, {2, 3, 4, 5}},
      {{4, 1, 6}, {2, 1, 5, 1}, {2, 4, 5, 6}},
      {{0, 3}, {1, 3}, {0, 3}},
      {{1}, {1}, {1}},
  };
  for (const Broadcast& c : cases) {
    const Tensor a = random_floats(c.a, 1), b = random_floats(c.b, 2);
    const auto outputs = evaluate(Op::kSub, {a, b});
    ASSERT_TRUE(outputs.ok()) << outputs.status().to_string();
    ASSERT_EQ((*outputs)[0].shape(), c.y);
    for (int64_t i = 0; i < c.y.count(); ++i) {
      EXPECT_EQ((*outputs)[0].values<float>()[static_cast<size_t>(i)],
                broadcast_at(a, c.y, i) - broadcast_at(b, c.y, i))
          << c.a.to_string() << " - " << c.b.to_string() << " at " << i;
    }
  }
}

TEST(Binary, RefusesShapesThatDoNotFit) {
  EXPECT_FALSE(evaluate(Op::kAdd, {counting({2, 3}), counting({2, 4})}).ok());
  EXPECT_FALSE(evaluate(Op::kPRelu, {counting({3}), counting({2, 3})}).ok());
}

struct IntegerCase {
  Op op;
  int32_t a, b, y;
  Attrs attrs = {};
};

TEST(Binary, IntegerArithmeticIsDefinedEverywhere) {
  const IntegerCase cases[] = {
      {Op::kAdd, std::numeric_limits<int32_t>::max(), 1, kLowest},
      {Op::kMul, 65536, 65536, 0},
      {Op::kDiv, 7, 2, 3},
      {Op::kDiv, -7, 2, -3},
      {Op::kDiv, 7, 0, 0},
      {Op::kDiv, kLowest, -1, kLowest},
      {Op::kMod, -7, 3, 2},
      {Op::kMod, 7, -3, -2},
      {Op::kMod, 7, 0, 0},
      {Op::kMod, kLowest, -1, 0},
      {Op::kMod, -7, 3, -1, {{"fmod", int64_t{1}}}},
      {Op::kMax, -3, 2, 2},
      {Op::kMin, -3, 2, -3},
      {Op::kPow, -3, 3, -27},
      {Op::kPow, 2, 0, 1},
  };
  for (const IntegerCase& c : cases) {
    EXPECT_EQ(values_of<int32_t>(c.op, {vector<int32_t>({c.a}), vector<int32_t>({c.b})}, c.attrs),
              std::vector<int32_t>{c.y})
        << name_of(c.op) << " of " << c.a << " and " << c.b;
  }
}

TEST(Binary, FloatModIsFmod) {
  EXPECT_EQ(values_of<float>(Op::kMod, {vector<float>({-7.5f, 7.5f}), vector<float>({2.0f})},
                             {{"fmod", int64_t{1}}}),
            (std::vector<float>{-1.5f, 1.5f}));
}

TEST(Binary, MaxAndMinKeepNan) {
  for (Op op : {Op::kMax, Op::kMin}) {
    const auto y = values_of<float>(op, {vector<float>({NAN, 1}), vector<float>({1, NAN})});
    EXPECT_TRUE(std::isnan(y[0]) && std::isnan(y[1])) << name_of(op);
  }
}

TEST(Binary, PowIsExactWhereTheAnswerIs) {
  const Tensor x = vector<float>({0.1f, -3.7f, 1e-3f, 9.0f});
  const auto squares = values_of<float>(Op::kPow, {x, Tensor::scalar(2.0f)});
  const auto same = values_of<float>(Op::kPow, {x, Tensor::scalar<int64_t>(1)});
  for (size_t i = 0; i < 4; ++i) {
    const float v = x.values<float>()[i];
    EXPECT_EQ(squares[i], v * v);
    EXPECT_EQ(same[i], v);
  }
  EXPECT_EQ(values_of<float>(Op::kPow, {vector<float>({9}), Tensor::scalar(0.5f)})[0], 3.0f);
}

TEST(Binary, ComparisonsAndLogicGiveBools) {
  const Tensor a = vector<float>({1, 2, NAN}), b = vector<float>({2, 2, 2});
  const std::pair<Op, std::vector<int64_t>> cases[] = {
      {Op::kEqual, {0, 1, 0}},   {Op::kLess, {1, 0, 0}},           {Op::kLessOrEqual, {1, 1, 0}},
      {Op::kGreater, {0, 0, 0}}, {Op::kGreaterOrEqual, {0, 1, 0}},
  };
  for (const auto& [op, want] : cases) {
    const auto y = evaluate(op, {a, b});
    ASSERT_TRUE(y.ok());
    EXPECT_EQ((*y)[0].dtype(), DType::kBool);
    EXPECT_EQ((*y)[0].integers(), want) << name_of(op);
  }
  const Tensor p = bools({0, 0, 1, 1}, {4}), q = bools({0, 1, 0, 1}, {4});
  EXPECT_EQ((*evaluate(Op::kAnd, {p, q}))[0].integers(), (std::vector<int64_t>{0, 0, 0, 1}));
  EXPECT_EQ((*evaluate(Op::kOr, {p, q}))[0].integers(), (std::vector<int64_t>{0, 1, 1, 1}));
  EXPECT_EQ((*evaluate(Op::kXor, {p, q}))[0].integers(), (std::vector<int64_t>{0, 1, 1, 0}));
}

TEST(Binary, PReluScalesNegativesOfEachChannel) {
  EXPECT_EQ(values_of<float>(Op::kPRelu, {tensor<float>({-1, 2, -3, 4}, {1, 2, 2}),
                                          tensor<float>({10, 100}, {2, 1})}),
            (std::vector<float>{-10, 2, -300, 4}));
}

TEST(Binary, AFusedActivationCutsTheSum) {
  const Tensor a = random_floats({3, 5000}, 1), b = random_floats({5000}, 2);
  const auto sums = values_of<float>(Op::kAdd, {a, b});
  const auto cut =
      values_of<float>(Op::kAdd, {a, b}, {{"activation_min", 0.0f}, {"activation_max", 1.0f}});
  for (size_t i = 0; i < sums.size(); ++i) {
    ASSERT_EQ(cut[i], std::fmin(std::fmax(sums[i], 0.0f), 1.0f)) << i;
  }
}

TEST(Variadic, FoldsAnyNumberOfBroadcastOperands) {
  const std::vector<Tensor> x = {vector<float>({1}), vector<float>({5, 2}),
                                 tensor<float>({3, 4}, {2, 1})};
  EXPECT_EQ(values_of<float>(Op::kSum, x), (std::vector<float>{9, 6, 10, 7}));
  EXPECT_EQ(values_of<float>(Op::kMean, x), (std::vector<float>{3, 2, 10.0f / 3, 7.0f / 3}));
  EXPECT_EQ(values_of<float>(Op::kMax, x), (std::vector<float>{5, 3, 5, 4}));
  EXPECT_EQ(values_of<float>(Op::kMin, x), (std::vector<float>{1, 1, 1, 1}));
}

TEST(Where, ChoosesElementByElement) {
  EXPECT_EQ(values_of<int64_t>(Op::kWhere, {bools({1, 0}, {2, 1}), vector<int64_t>({1, 2}),
                                            Tensor::scalar<int64_t>(9)}),
            (std::vector<int64_t>{1, 2, 9, 9}));
}

TEST(Clip, TakesBoundsThatAreThere) {
  const Tensor x = vector<float>({-3, 0.5f, 3, NAN});
  auto y = values_of<float>(Op::kClip, {x, Tensor::scalar(-1.0f), Tensor::scalar(1.0f)});
  EXPECT_EQ((std::vector<float>{y[0], y[1], y[2]}), (std::vector<float>{-1, 0.5f, 1}));
  EXPECT_TRUE(std::isnan(y[3]));
  y = values_of<float>(Op::kClip, {x, Tensor(), Tensor::scalar(1.0f)});
  EXPECT_EQ(y[0], -3);
  EXPECT_EQ(values_of<int8_t>(Op::kClip, {vector<int8_t>({-128, 5}), Tensor::scalar<int8_t>(0)}),
            (std::vector<int8_t>{0, 5}));
}

}  // namespace
}  // namespace octavo
