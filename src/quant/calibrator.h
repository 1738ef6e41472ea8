// Runs samples through a plan and lets observers see its values.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "quant/statistics.h"
#include "runtime/executor.h"

namespace octavo {

class Calibrator {
 public:
  // `values`: those of the statistics that it will fill. What the plan does not hold, because it
  // was fused away, is passed over.
  Calibrator(std::shared_ptr<const Plan> plan, std::span<const std::string> values);

  Status add(std::span<const Tensor> inputs, Statistics& into);  // one run

 private:
  static constexpr size_t kUnwatched = ~size_t{0};
  std::vector<size_t> watched_;  // by value of the plan: its place in the statistics
  Executor executor_;
};

}  // namespace octavo
