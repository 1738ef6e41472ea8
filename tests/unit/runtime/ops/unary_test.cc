#include <limits>

#include "tests/unit/runtime/ops/evaluate.h"

namespace octavo {
namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

struct Case {
  Op op;
  double (*expected)(double);
  Attrs attrs;
};

const Case kCases[] = {
    {Op::kAbs, [](double x) { return std::fabs(x); }, {}},
    {Op::kCeil, [](double x) { return std::ceil(x); }, {}},
    {Op::kCos, [](double x) { return std::cos(x); }, {}},
    {Op::kElu, [](double x) { return x < 0 ? 2 * std::expm1(x) : x; }, {{"alpha", 2.0f}}},
    {Op::kErf, [](double x) { return std::erf(x); }, {}},
    {Op::kExp, [](double x) { return std::exp(x); }, {}},
    {Op::kFloor, [](double x) { return std::floor(x); }, {}},
    {Op::kGelu, [](double x) { return x / 2 * (1 + std::erf(x / std::sqrt(2.0))); }, {}},
    {Op::kGelu,
     [](double x) {
       return x / 2 * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
     },
     {{"approximate", std::string("tanh")}}},
    {Op::kHardSigmoid, [](double x) { return std::fmin(1, std::fmax(0, 0.2 * x + 0.5)); }, {}},
    {Op::kHardSigmoid,
     [](double x) { return std::fmin(1, std::fmax(0, 0.5 * x + 0.25)); },
     {{"alpha", 0.5f}, {"beta", 0.25f}}},
    {Op::kHardSwish, [](double x) { return x * std::fmin(1, std::fmax(0, x / 6 + 0.5)); }, {}},
    {Op::kLeakyRelu, [](double x) { return x < 0 ? 0.01 * x : x; }, {}},
    {Op::kLog, [](double x) { return std::log(x); }, {}},
    {Op::kNeg, [](double x) { return -x; }, {}},
    {Op::kReciprocal, [](double x) { return 1 / x; }, {}},
    {Op::kRelu, [](double x) { return x < 0 ? 0 : x; }, {}},
    {Op::kRound, [](double x) { return std::nearbyint(x); }, {}},
    {Op::kSigmoid, sigmoid, {}},
    {Op::kSign, [](double x) { return double(x > 0) - double(x < 0); }, {}},
    {Op::kSin, [](double x) { return std::sin(x); }, {}},
    {Op::kSoftplus, [](double x) { return std::log1p(std::exp(x)); }, {}},
    {Op::kSoftsign, [](double x) { return x / (1 + std::fabs(x)); }, {}},
    {Op::kSqrt, [](double x) { return std::sqrt(x); }, {}},
    {Op::kTanh, [](double x) { return std::tanh(x); }, {}},
};

TEST(Unary, FloatFunctionsAreWithinAFewUlpsOfTheirDefinition) {
  std::vector<float> x;
  for (int i = -1999; i <= 2000; ++i) x.push_back(static_cast<float>(i) * 0.00371f);
  for (const Case& c : kCases) {
    const std::vector<float> y = values_of<float>(c.op, {vector(x)}, c.attrs);
    ASSERT_EQ(y.size(), x.size());
    for (size_t i = 0; i < x.size(); ++i) {
      const double want = c.expected(static_cast<double>(x[i]));
      if (!std::isfinite(want)) {
        EXPECT_TRUE(std::isnan(want) ? std::isnan(y[i]) : y[i] == static_cast<float>(want))
            << name_of(c.op) << " of " << x[i];
      } else {
        EXPECT_NEAR(y[i], want, 6e-7 * (1 + std::fabs(want))) << name_of(c.op) << " of " << x[i];
      }
    }
  }
}

TEST(Unary, NanStaysNan) {
  for (const Case& c : kCases) {
    EXPECT_TRUE(std::isnan(values_of<float>(c.op, {vector<float>({NAN})}, c.attrs)[0]))
        << name_of(c.op);
  }
}

TEST(Unary, RoundTakesHalvesToEven) {
  EXPECT_EQ(values_of<float>(Op::kRound, {vector<float>({0.5f, 1.5f, 2.5f, -0.5f, -1.5f})}),
            (std::vector<float>{0, 2, 2, 0, -2}));
}

TEST(Unary, IntegersWrapAround) {
  constexpr int32_t lowest = std::numeric_limits<int32_t>::min();
  EXPECT_EQ(values_of<int32_t>(Op::kNeg, {vector<int32_t>({5, lowest})}),
            (std::vector<int32_t>{-5, lowest}));
  EXPECT_EQ(values_of<int8_t>(Op::kAbs, {vector<int8_t>({-7, 7, -128})}),
            (std::vector<int8_t>{7, 7, -128}));
  EXPECT_EQ(values_of<int64_t>(Op::kSign, {vector<int64_t>({-9, 0, 4})}),
            (std::vector<int64_t>{-1, 0, 1}));
}

TEST(Unary, RefusesElementTypesThatItDoesNotKnow) {
  EXPECT_EQ(code_of(Op::kExp, {vector<double>({1})}), ErrorCode::kModelUnsupported);
}

TEST(Unary, SoftplusAndSigmoidDoNotOverflow) {
  EXPECT_EQ(values_of<float>(Op::kSoftplus, {vector<float>({1000, -1000})}),
            (std::vector<float>{1000, 0}));
  EXPECT_EQ(values_of<float>(Op::kSigmoid, {vector<float>({1000, -1000})}),
            (std::vector<float>{1, 0}));
}

TEST(Unary, NotTurnsBoolsAround) {
  const auto outputs = evaluate(Op::kNot, {bools({0, 1, 1}, {3})});
  ASSERT_TRUE(outputs.ok());
  EXPECT_EQ((*outputs)[0].integers(), (std::vector<int64_t>{1, 0, 0}));
}

}  // namespace
}  // namespace octavo
