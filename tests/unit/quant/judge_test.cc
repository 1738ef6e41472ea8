#include "quant/judge.h"

#include <gtest/gtest.h>

#include <cmath>

#include "quant/error_moments.h"
#include "tests/unit/quant/small_network.h"

namespace octavo {
namespace {

// y = x, or x plus `noise`, of rank 2 so that it is a list of classes, or of rank 3.
Graph adding(const std::vector<float>& noise, const Shape& shape) {
  SmallNetwork net;
  const ValueId x = net.input("x", shape);
  net.output(net.node(Op::kAdd, "y", {x, net.constant("noise", noise, shape)}, shape));
  return net.graph;
}

Judge judge_of(const std::vector<std::vector<float>>& values, const Shape& shape) {
  std::vector<Sample> samples;
  for (const std::vector<float>& sample : values) samples.push_back({Tensor::from(sample, shape)});
  const Graph exact = adding(std::vector<float>(static_cast<size_t>(shape.count())), shape);
  auto judge =
      Judge::make(exact, std::move(samples), {}, [](const Graph& g) { return make_plan(g); }, 2);
  EXPECT_TRUE(judge.ok()) << judge.status().to_string();
  return *std::move(judge);
}

TEST(Judge, TellsSqnrAndDivergenceOfAnswers) {
  const Shape classes = {1, 2};
  const Judge judge = judge_of({{3, 1}, {0, 4}}, classes);
  const auto verdict = judge.of(adding({1, 0}, classes));
  ASSERT_TRUE(verdict.ok());
  EXPECT_NEAR(verdict->sqnr_db, 10 * std::log10(26.0 / 2), 1e-5);
  const auto kl = [](double a, double b) {  // of logits (a, 0) to (b, 0)
    const double p = 1 / (1 + std::exp(-a)), q = 1 / (1 + std::exp(-b));
    return p * std::log(p / q) + (1 - p) * std::log((1 - p) / (1 - q));
  };
  ASSERT_TRUE(verdict->kl.has_value());
  EXPECT_NEAR(*verdict->kl, (kl(2, 3) + kl(-4, -3)) / 2, 1e-6);
}

TEST(Judge, OfClassesPrefersNoiseThatAllShare) {
  const Shape classes = {1, 2};
  const Judge judge = judge_of({{3, 1}, {0, 4}}, classes);
  const Verdict shared = *judge.of(adding({2, 2}, classes));
  const Verdict apart = *judge.of(adding({1, 0}, classes));
  EXPECT_LT(shared.sqnr_db, apart.sqnr_db);
  EXPECT_TRUE(is_nearer(shared, apart));
  EXPECT_FALSE(is_nearer(apart, shared));
}

TEST(Judge, OfOtherOutputsPrefersTheHigherSqnr) {
  const Shape map = {1, 2, 2};
  const Judge judge = judge_of({{3, 1, 2, 2}}, map);
  const Verdict little = *judge.of(adding({0.1f, 0, 0, 0}, map));
  const Verdict much = *judge.of(adding({1, 0, 0, 0}, map));
  EXPECT_FALSE(little.kl.has_value());
  EXPECT_TRUE(is_nearer(little, much));
  EXPECT_FALSE(is_nearer(much, little));
  EXPECT_FALSE(is_nearer(much, much));
}

TEST(Judge, LetsATapChangeWhatIsComputed) {
  const Shape classes = {1, 2};
  const Judge judge = judge_of({{3, 1}}, classes);
  const Tap add_one = [](ValueId, const Value& value, TensorView view) {
    if (value.name == "y") static_cast<float*>(view.data)[0] += 1;
  };
  SampleRuns runs = judge.runs_of(*make_plan(adding({0, 0}, classes)));
  EXPECT_EQ(judge.of(runs, {})->sqnr_db, kHighestDb);
  EXPECT_EQ(judge.of(runs, add_one)->sqnr_db, judge.of(adding({1, 0}, classes))->sqnr_db);
}

}  // namespace
}  // namespace octavo
