#include "quant/sample_runs.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/quant/small_network.h"

namespace octavo {
namespace {

std::vector<std::vector<float>> outputs_of(SampleRuns& runs, size_t samples, const Tap& tap) {
  std::vector<std::vector<float>> all(samples);
  const Status status = runs.run(tap, [&](size_t i, std::span<const TensorView> outputs) {
    const auto* data = static_cast<const float*>(outputs[0].data);
    all[i].assign(data, data + outputs[0].count());
  });
  EXPECT_TRUE(status.ok()) << status.to_string();
  return all;
}

// Every value rounded coarsely, as long as it is among the first `count` that steps make.
Tap rounding(const Plan& plan, size_t count) {
  std::vector<bool> is_rounded(plan.graph.value_count());
  for (size_t i = 0; i < std::min(count, plan.steps.size()); ++i) {
    for (const ValueId id : plan.steps[i].outputs) is_rounded[static_cast<size_t>(id)] = true;
  }
  return [is_rounded](ValueId id, const Value&, TensorView view) {
    if (!is_rounded[static_cast<size_t>(id)] || view.dtype != DType::kFloat32) return;
    auto* data = static_cast<float*>(view.data);
    for (int64_t i = 0; i < view.count(); ++i) data[i] = std::round(data[i] * 8) / 8;
  };
}

TEST(SampleRuns, ThatBeginBehindWhatIsKeptGiveTheSameBytes) {
  const auto plan = *make_plan(small_network());
  const std::vector<Sample> samples = samples_of(5);
  SampleRuns fresh(plan, samples, 1), keeping(plan, samples, 2);
  for (size_t step = 0; step <= plan->steps.size(); ++step) {
    ASSERT_TRUE(keeping.keep(step, rounding(*plan, step)).ok());
    EXPECT_EQ(keeping.first_step(), step);
    for (const size_t more : {size_t{0}, size_t{1}}) {
      const Tap tap = rounding(*plan, step + more);
      EXPECT_EQ(outputs_of(keeping, 5, tap), outputs_of(fresh, 5, tap)) << step << " + " << more;
    }
  }
  EXPECT_NE(outputs_of(keeping, 5, {}), outputs_of(fresh, 5, {})) << "what is kept is rounded";
}

TEST(SampleRuns, CallNoTapForStepsThatAreKept) {
  const auto plan = *make_plan(small_network());
  const std::vector<Sample> samples = samples_of(2);
  SampleRuns runs(plan, samples, 1);
  const auto calls = [&] {
    int count = 0;
    outputs_of(runs, 2, [&](ValueId, const Value&, TensorView) { ++count; });
    return count;
  };
  const int all = calls();
  ASSERT_TRUE(runs.keep(2, {}).ok());
  const int less = calls();
  EXPECT_LT(less, all);
  ASSERT_TRUE(runs.keep(1, {}).ok());  // is behind already
  EXPECT_EQ(calls(), less);
}

TEST(SampleRuns, TellTheFirstFailureOfTheSamplesInTheirOrder) {
  const auto plan = *make_plan(small_network());
  std::vector<Sample> samples = samples_of(4);
  samples[2] = {Tensor::from(std::vector<float>{1}, Shape{1})};
  SampleRuns runs(plan, samples, 2);
  const Status status = runs.run({}, [](size_t, std::span<const TensorView>) {});
  EXPECT_EQ(status.code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(runs.keep(1, {}).code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(runs.first_step(), 0u);
}

}  // namespace
}  // namespace octavo
