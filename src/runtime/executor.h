// Runs a plan. An executor owns the memory of one run; several may share a plan, one per thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "runtime/plan.h"

namespace octavo {

// Called after each step for each of its outputs, and before the first step for each graph input.
// The data may be changed: later steps see the change.
using Tap = std::function<void(ValueId id, const Value& value, TensorView view)>;

// What the steps before `step` left for those from it on.
struct Checkpoint {
  size_t step = 0;
  std::vector<std::pair<ValueId, Tensor>> values;
};

class Executor {
 public:
  // A step may use all threads of the pool; without one it runs on the caller's alone.
  explicit Executor(std::shared_ptr<const Plan> plan, std::shared_ptr<ThreadPool> pool = {});
  ~Executor();
  Executor(Executor&&) noexcept;

  const Plan& plan() const;

  // Inputs in the order of plan().graph.inputs; dtype and shape must fit the graph's
  // (kInvalidArgument). Outputs in the order of plan().graph.outputs, valid until the next run.
  Result<std::vector<TensorView>> run(std::span<const TensorView> inputs, const Tap& tap = {});

  // The same with a tap that only looks, so that inputs need not be copied for it.
  Result<std::vector<TensorView>> observe(std::span<const TensorView> inputs, const Tap& look);

  // The same step by step, for whoever changes weights between the steps. `begin` copies the
  // inputs; steps are run in their order, each once or, where weights have changed, again.
  Status begin(std::span<const TensorView> inputs, const Tap& tap = {});
  Status run_step(size_t index, const Tap& tap = {});
  // After the last step.
  std::vector<TensorView> outputs() const;

  // After the step before `step`, or after `begin`. `resume` stands in for it and for what came
  // before, in any executor of the plan.
  Checkpoint checkpoint(size_t step) const;
  Status resume(const Checkpoint& checkpoint);

  // Inputs and outputs of the step that ran last; others may have been overwritten.
  const TensorView& view(ValueId id) const;
  // Goes on with a plan of the same graph whose constants hold other numbers.
  void take(std::shared_ptr<const Plan> plan);

  size_t peak_bytes() const;  // arena and what was allocated while running

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace octavo
