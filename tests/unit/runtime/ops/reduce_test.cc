#include "kernels/reduce/reduce.h"

#include <algorithm>
#include <limits>

#include "tests/unit/runtime/ops/evaluate.h"

namespace octavo {
namespace {

struct Reduction {
  Op op;
  double start;
  double (*fold)(double sum, double x);
  double (*finish)(double sum, double n);
};

const Reduction kReductions[] = {
    {Op::kReduceSum, 0, [](double s, double x) { return s + x; },
     [](double s, double) { return s; }},
    {Op::kReduceMean, 0, [](double s, double x) { return s + x; },
     [](double s, double n) { return s / n; }},
    {Op::kReduceL2, 0, [](double s, double x) { return s + x * x; },
     [](double s, double) { return std::sqrt(s); }},
    {Op::kReduceProd, 1, [](double s, double x) { return s * x; },
     [](double s, double) { return s; }},
    {Op::kReduceMax, -1e300, [](double s, double x) { return std::fmax(s, x); },
     [](double s, double) { return s; }},
    {Op::kReduceMin, 1e300, [](double s, double x) { return std::fmin(s, x); },
     [](double s, double) { return s; }},
};

// By going through all elements of a (3, 5, 7) tensor.
std::vector<double> expected(const Reduction& r, const Tensor& x, const bool (&reduced)[3]) {
  const int64_t dims[] = {3, 5, 7};
  std::vector<double> sums;
  std::vector<int64_t> counts;
  for (int64_t i = 0; i < 105; ++i) {
    const int64_t index[] = {i / 35, i / 7 % 5, i % 7};
    int64_t to = 0;
    for (int d = 0; d < 3; ++d) {
      if (!reduced[d]) to = to * dims[d] + index[d];
    }
    if (to >= static_cast<int64_t>(sums.size())) {
      sums.resize(static_cast<size_t>(to) + 1, r.start);
      counts.resize(static_cast<size_t>(to) + 1, 0);
    }
    double& sum = sums[static_cast<size_t>(to)];
    sum = r.fold(sum, static_cast<double>(x.values<float>()[static_cast<size_t>(i)]));
    ++counts[static_cast<size_t>(to)];
  }
  for (size_t i = 0; i < sums.size(); ++i)
    sums[i] = r.finish(sums[i], static_cast<double>(counts[i]));
  return sums;
}

TEST(Reduce, EverySetOfAxesGivesWhatGoingThroughAllElementsGives) {
  const Tensor x = random_floats({3, 5, 7});
  for (const Reduction& r : kReductions) {
    for (int mask = 1; mask < 8; ++mask) {
      const bool reduced[3] = {(mask & 1) != 0, (mask & 2) != 0, (mask & 4) != 0};
      std::vector<int64_t> axes;
      for (int64_t d = 0; d < 3; ++d) {
        if (reduced[d]) axes.push_back(d == 2 ? -1 : d);
      }
      for (int64_t keep : {0, 1}) {
        expect_near(values_of<float>(r.op, {x, vector(axes)}, {{"keepdims", keep}}),
                    expected(r, x, reduced),
                    std::string(name_of(r.op)) + " " + std::to_string(mask));
      }
    }
  }
}

TEST(Reduce, NoAxesMeansAllOrNone) {
  EXPECT_EQ(values_of<float>(Op::kReduceSum, {counting({2, 2})}), std::vector<float>{6});
  EXPECT_EQ(
      values_of<float>(Op::kReduceSum, {counting({2, 2})}, {{"noop_with_empty_axes", int64_t{1}}}),
      (std::vector<float>{0, 1, 2, 3}));
}

TEST(Reduce, IntegersAreExact) {
  const Tensor x = tensor<int64_t>({5, -3, int64_t{1} << 40, 2}, {2, 2});
  const Tensor last = vector<int64_t>({1});
  EXPECT_EQ(values_of<int64_t>(Op::kReduceSum, {x, last})[1], (int64_t{1} << 40) + 2);
  EXPECT_EQ(values_of<int64_t>(Op::kReduceMax, {x, last}),
            (std::vector<int64_t>{5, int64_t{1} << 40}));
  EXPECT_EQ(values_of<int64_t>(Op::kReduceMin, {x, last}), (std::vector<int64_t>{-3, 2}));
  EXPECT_EQ(values_of<int64_t>(Op::kReduceProd, {x, last})[0], -15);
  EXPECT_EQ(values_of<int8_t>(Op::kReduceMax, {vector<int8_t>({-128, -7})}),
            std::vector<int8_t>{-7});
}

TEST(Reduce, ExtremesKeepNan) {
  for (Op op : {Op::kReduceMax, Op::kReduceMin}) {
    EXPECT_TRUE(std::isnan(values_of<float>(op, {vector<float>({1, 2, NAN, 3, 4, 5})})[0]));
  }
}

// The order is part of the contract: results are the same bits on every machine.
TEST(ReduceKernels, SumsInTheStatedOrder) {
  const Tensor tensor = random_floats({103});
  const auto x = tensor.values<float>();
  for (size_t n = 0; n <= x.size(); ++n) {
    float s[4] = {}, p[8] = {};
    for (size_t i = 0; i < n; ++i) {
      s[i % 4] += x[i];
      const float square = x[i] * x[i];
      p[i % 8] += square;
    }
    const auto count = static_cast<int64_t>(n);
    EXPECT_EQ(sum_f32(x.data(), count), (s[0] + s[2]) + (s[1] + s[3])) << n;
    EXPECT_EQ(dot_f32(x.data(), x.data(), count),
              ((p[0] + p[4]) + (p[2] + p[6])) + ((p[1] + p[5]) + (p[3] + p[7])))
        << n;
  }
}

TEST(ArgReduce, TakesTheFirstOrTheLastOfEquals) {
  const Tensor x = tensor<float>({1, 3, 3, 2, 0, 0}, {2, 3});
  EXPECT_EQ(values_of<int64_t>(Op::kArgMax, {x}, {{"axis", int64_t{1}}}),
            (std::vector<int64_t>{1, 0}));
  EXPECT_EQ(values_of<int64_t>(Op::kArgMax, {x},
                               {{"axis", int64_t{-1}}, {"select_last_index", int64_t{1}}}),
            (std::vector<int64_t>{2, 0}));
  EXPECT_EQ(values_of<int64_t>(Op::kArgMin, {x}, {{"keepdims", int64_t{0}}}),
            (std::vector<int64_t>{0, 1, 1}));
}

TEST(TopK, GivesTheBestFirstAndTheLowerIndexAmongEquals) {
  const Tensor x = tensor<float>({2, 5, 5, NAN, 1, 9, 0, 9}, {2, 4}), k = vector<int64_t>({2});
  auto y = evaluate(Op::kTopK, {x, k}, {}, 2);
  ASSERT_TRUE(y.ok()) << y.status().to_string();
  EXPECT_EQ((*y)[1].integers(), (std::vector<int64_t>{1, 2, 1, 3}));
  y = evaluate(Op::kTopK, {x, vector<int64_t>({1})},
               {{"axis", int64_t{0}}, {"largest", int64_t{0}}}, 2);
  ASSERT_TRUE(y.ok());
  EXPECT_EQ((*y)[1].integers()[0], 1);
  EXPECT_EQ((*y)[1].integers()[2], 1);
  EXPECT_FALSE(evaluate(Op::kTopK, {x, vector<int64_t>({5})}, {}, 2).ok());
}

}  // namespace
}  // namespace octavo
