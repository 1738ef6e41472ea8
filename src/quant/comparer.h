// Two plans on the same samples, one sample after the other: what a thread or a page runs.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "quant/comparison.h"
#include "runtime/executor.h"

namespace octavo {

class Comparer {
 public:
  // `samples`: how many there are in all; layers are compared on some of them, spread evenly.
  // `factors`: as LayerProbe wants them.
  Comparer(std::shared_ptr<const Plan> float_plan, std::shared_ptr<const Plan> quantized,
           const CompareOptions& options, int64_t samples, ValueFactors factors = {});

  // The layers that it compares: those of the comparison that it will fill.
  std::vector<LayerName> layers() const;

  // `index` in 0..samples-1; `label` -1 for none. kInvalidArgument where the models' outputs differ
  // in shape or the label is beyond the classes.
  Status add(int64_t index, const std::string& name, std::span<const Tensor> inputs, int64_t label,
             Comparison& into);
  // One run of each for the times alone.
  Status time(std::span<const Tensor> inputs, Comparison& into);

 private:
  static Result<Answer> judge(std::span<const TensorView> exact, std::span<const TensorView> rough);
  bool probes(int64_t index) const;

  int64_t layer_samples_;
  int64_t expected_;
  std::shared_ptr<const Plan> float_plan_;
  std::shared_ptr<const Plan> quantized_plan_;
  Executor float_executor_;
  Executor quantized_executor_;
  std::vector<LayerPair> layers_;
  ValueFactors factors_;
  std::optional<LayerProbe> probe_;  // made when the first sample needs it
};

}  // namespace octavo
