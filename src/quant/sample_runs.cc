#include "quant/sample_runs.h"

#include <algorithm>

#include "base/thread_pool.h"
#include "quant/shards.h"

namespace octavo {
namespace {

// Of what a checkpoint holds; none where a size is not known ahead.
std::optional<uint64_t> checkpoint_bytes(const Plan& plan, size_t step) {
  uint64_t sum = 0;
  for (const ValueId id : live_before(plan, step)) {
    const Value& value = plan.graph.value(id);
    const auto count = value.shape ? value.shape->element_count() : std::nullopt;
    if (!count) return {};
    sum += static_cast<uint64_t>(*count) * size_of(value.dtype);
  }
  return sum;
}

}  // namespace

SampleRuns::SampleRuns(std::shared_ptr<const Plan> plan,
                       std::span<const std::vector<Tensor>> samples, int threads)
    : plan_(std::move(plan)),
      samples_(samples),
      threads_(threads),
      executors_(static_cast<size_t>(std::max(threads, 1))) {}

Status SampleRuns::for_each(const Work& work) {
  std::vector<Status> outcomes(samples_.size());
  parallel_for(static_cast<int>(samples_.size()), threads_, [&](int item, int thread) {
    std::optional<Executor>& executor = executors_[static_cast<size_t>(thread)];
    if (!executor) executor.emplace(plan_);
    const auto sample = static_cast<size_t>(item);
    outcomes[sample] = work(*executor, sample);
  });
  for (const Status& outcome : outcomes) OCTAVO_RETURN_IF_ERROR(outcome);
  return {};
}

Status SampleRuns::run_steps(Executor& executor, size_t sample, size_t end, const Tap& tap) const {
  if (kept_.empty()) {
    OCTAVO_RETURN_IF_ERROR(executor.begin(views_of(samples_[sample]), tap));
  } else {
    OCTAVO_RETURN_IF_ERROR(executor.resume(kept_[sample]));
  }
  for (size_t i = first_step(); i < end; ++i) OCTAVO_RETURN_IF_ERROR(executor.run_step(i, tap));
  return {};
}

Status SampleRuns::run(const Tap& tap, const Use& use) {
  return for_each([&](Executor& executor, size_t sample) -> Status {
    OCTAVO_RETURN_IF_ERROR(run_steps(executor, sample, plan_->steps.size(), tap));
    use(sample, executor.outputs());
    return {};
  });
}

Status SampleRuns::keep(size_t step, const Tap& tap) {
  const std::optional<uint64_t> bytes = checkpoint_bytes(*plan_, step);
  if (step <= first_step() || !bytes || *bytes * samples_.size() > kMostBytes) return {};
  std::vector<Checkpoint> kept(samples_.size());
  OCTAVO_RETURN_IF_ERROR(for_each([&](Executor& executor, size_t sample) -> Status {
    OCTAVO_RETURN_IF_ERROR(run_steps(executor, sample, step, tap));
    kept[sample] = executor.checkpoint(step);
    return {};
  }));
  kept_ = std::move(kept);
  return {};
}

}  // namespace octavo
