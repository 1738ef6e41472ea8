// Errors of every layer of a quantized plan against the float plan of the same model.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "quant/corrections/smooth_places.h"
#include "quant/error_moments.h"
#include "quant/tensor_report.h"
#include "runtime/executor.h"

namespace octavo {

// One node of the quantized plan and the float value that its output stands for.
struct LayerPair {
  ValueId quantized;  // in the quantized plan
  ValueId reference;  // in the float plan
  std::string name;
  std::string op;
};

// In running order. Values are paired by name, where x_q and the like stand for x.
std::vector<LayerPair> pair_layers(const Plan& float_plan, const Plan& quantized);

struct LayerMoments {
  ErrorMoments own;
  ErrorMoments accumulated;
};

// Runs samples through both plans: the float one, the quantized one as it is, and the quantized one
// with each value replaced, as soon as it is made, by what the float plan has there. What the last
// shows is the error of each layer alone.
class LayerProbe {
 public:
  // `factors`: of the quantized model, where it has some; float values are divided by them.
  LayerProbe(std::shared_ptr<const Plan> float_plan, std::shared_ptr<const Plan> quantized,
             const std::vector<LayerPair>& layers, ValueFactors factors = {});

  // By layer, of this sample. What the float plan has for outputs that are integers is added to
  // `values`, by layer too.
  Result<std::vector<LayerMoments>> run(std::span<const TensorView> inputs,
                                        std::vector<TensorStatistics>& values);

 private:
  void keep(ValueId id, const Value& value, TensorView view);
  // Null where the float plan has nothing for this value.
  const std::vector<float>* reference_of(ValueId quantized, TensorView view) const;

  Executor float_executor_;
  Executor quantized_executor_;
  std::vector<ValueId> counterparts_;  // by value of the quantized plan; kNoValue
  std::vector<int> layer_of_;          // by value of the quantized plan; -1
  size_t layer_count_;
  ValueFactors factors_;
  std::vector<std::vector<float>>
      references_;            // by value of the float plan; empty where not wanted
  std::vector<bool> wanted_;  // by value of the float plan
};

}  // namespace octavo
