// A plan on each of some samples, again and again, with taps that change ever less of its first
// steps: what they came to is kept, so that the next runs begin behind them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "runtime/executor.h"

namespace octavo {

class SampleRuns {
 public:
  // `samples`: the inputs of each, all of the plan's shapes; they stay the caller's.
  SampleRuns(std::shared_ptr<const Plan> plan, std::span<const std::vector<Tensor>> samples,
             int threads);

  // `tap` and `use`, which gets the outputs of a sample, are called on several threads. The first
  // failure of the samples in their order.
  using Use = std::function<void(size_t sample, std::span<const TensorView> outputs)>;
  Status run(const Tap& tap, const Use& use);

  // What the steps before `step` come to with this tap is what later runs begin with; their tap is
  // not called for these steps again. Nothing is kept where that would take more than kMostBytes,
  // or where a size is not known ahead: then later runs begin where they did.
  Status keep(size_t step, const Tap& tap);
  static constexpr uint64_t kMostBytes = 256 << 20;  // of all samples

  const Plan& plan() const { return *plan_; }
  size_t first_step() const { return kept_.empty() ? 0 : kept_[0].step; }  // of the next run

 private:
  using Work = std::function<Status(Executor& executor, size_t sample)>;
  Status for_each(const Work& work);
  Status run_steps(Executor& executor, size_t sample, size_t end, const Tap& tap) const;

  std::shared_ptr<const Plan> plan_;
  std::span<const std::vector<Tensor>> samples_;
  int threads_;
  std::vector<std::optional<Executor>> executors_;  // by thread
  std::vector<Checkpoint> kept_;                    // by sample; none before the first keep()
};

}  // namespace octavo
