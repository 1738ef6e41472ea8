// The observers of one shard of samples: what a thread, a worker or a page fills.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "quant/ranges.h"
#include "quant/recipe.h"
#include "runtime/executor.h"

namespace octavo {

class Calibrator {
 public:
  // Values that the plan does not hold are passed over. The recipe has been validated.
  Calibrator(std::shared_ptr<const Plan> plan, std::span<const std::string> values,
             const Recipe& recipe);

  Status add(std::span<const Tensor> inputs);  // one run
  // `later` saw the samples that follow those of this one, with the same plan, values and recipe.
  void merge(const Calibrator& later);

  int64_t samples() const { return samples_; }
  Result<Ranges> ranges() const;

 private:
  std::shared_ptr<const Plan> plan_;
  std::string observer_;
  std::vector<std::unique_ptr<Observer>> observers_;  // by value of the plan; null: not observed
  Executor executor_;
  int64_t samples_ = 0;
};

}  // namespace octavo
