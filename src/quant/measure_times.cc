#include <algorithm>
#include <chrono>

#include "quant/comparison.h"
#include "runtime/executor.h"

namespace octavo {
namespace {

Status timed_run(Executor& executor, std::span<const TensorView> inputs, std::vector<double>& ms) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  OCTAVO_RETURN_IF_ERROR(executor.run(inputs).status());
  ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  return {};
}

// The first run warms caches up and does not count.
double median_after_first(std::vector<double> ms) {
  if (ms.size() > 1) ms.erase(ms.begin());
  if (ms.empty()) return 0;
  const auto middle = ms.begin() + static_cast<std::ptrdiff_t>(ms.size() / 2);
  std::nth_element(ms.begin(), middle, ms.end());
  return *middle;
}

}  // namespace

// On one thread whatever the options say, the two models in turn, so that both meet the same machine.
Status measure_times(const Comparison& comparison, CompareReport& report) {
  if (comparison.options.timed_runs <= 0) return {};
  const SampleSource samples = spread(comparison.source, comparison.options.timed_runs + 1);
  std::vector<double> float_ms, quantized_ms;
  const auto work = [&](SampleSpan span, int, int thread, SharedProgress& progress) {
    Executor exact(comparison.float_model.plan), rough(comparison.quantized.plan);
    std::vector<SkippedSample> known;  // compare_outputs has reported them
    const auto use = [&](int64_t, std::span<const Tensor> inputs) -> Status {
      const std::vector<TensorView> views = views_of(inputs);
      OCTAVO_RETURN_IF_ERROR(timed_run(exact, views, float_ms));
      return timed_run(rough, views, quantized_ms);
    };
    return for_each_sample(samples, span, thread, progress, known, use);
  };
  OCTAVO_RETURN_IF_ERROR(over_shards(samples.count, 1, "time", comparison.progress, work));
  report.float_model.ms = median_after_first(float_ms);
  report.quantized.ms = median_after_first(quantized_ms);
  return {};
}

}  // namespace octavo
