// Two plans on the same samples, one sample after the other: what a thread or a page fills.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "quant/compare.h"
#include "quant/error_moments.h"
#include "quant/layer_probe.h"
#include "runtime/executor.h"

namespace octavo {

class Comparer {
 public:
  // `samples`: how many there are in all; layers are compared on some of them, spread evenly.
  Comparer(std::shared_ptr<const Plan> float_plan, std::shared_ptr<const Plan> quantized,
           const CompareOptions& options, int64_t samples);

  // `index` in 0..samples-1; `label` -1 for none. kInvalidArgument where the models' outputs differ
  // in shape or the label is beyond the classes.
  Status add(int64_t index, std::span<const Tensor> inputs, int64_t label);
  // `later` has the same plans, options and samples, and saw other indices.
  void merge(Comparer&& later);

  int64_t samples() const { return static_cast<int64_t>(answers_.size()); }
  // Sums are taken in the order of the indices: the same however samples were shared out.
  // Times are of the runs here; bytes and skipped samples are the caller's.
  CompareReport report() const;

 private:
  // What the outputs of one sample told.
  struct Answer {
    int64_t classes = 0;  // 0: the first output is not one list of classes
    int64_t label = -1;   // as the model counts
    std::vector<int64_t> float_top;
    std::vector<int64_t> quantized_top;
    ErrorMoments output;
  };
  static Result<Answer> judge(std::span<const TensorView> exact, std::span<const TensorView> rough);
  bool probes(int64_t index) const;
  LayerError layer_error(size_t layer) const;

  CompareOptions options_;
  int64_t expected_;
  std::shared_ptr<const Plan> float_plan_;
  std::shared_ptr<const Plan> quantized_plan_;
  Executor float_executor_;
  Executor quantized_executor_;
  std::vector<LayerPair> layers_;
  std::optional<LayerProbe> probe_;    // made when the first sample needs it
  std::map<int64_t, Answer> answers_;  // by index
  std::map<int64_t, std::vector<LayerMoments>> layer_moments_;  // by index, then by layer
  std::vector<double> float_ms_;
  std::vector<double> quantized_ms_;
};

}  // namespace octavo
