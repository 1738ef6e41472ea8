// Corrections of a quantized graph on samples: layer by layer in running order, each product with
// the inputs that the corrected layers before it give (corrections/reconstruct.h).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "graph/graph.h"
#include "quant/corrections/quantized_products.h"
#include "quant/corrections/reconstruct.h"
#include "quant/make_plan.h"
#include "runtime/executor.h"

namespace octavo {

struct CorrectedLayer {
  std::string name;  // of the node
  // Mean squared errors at its outputs, on samples held back, or as expected where a correction
  // looks at none.
  double before = 0, after = 0;
};

class Corrector {
 public:
  // `quantized` was made of `exact`. Both stay the caller's; constants of `quantized` are replaced.
  // `wanted`: of corrections() (corrections/correction_list.h).
  static Result<Corrector> make(const Graph& exact, Graph& quantized,
                                const std::vector<std::string>& wanted, MakeBoundPlan make_plan,
                                int threads = 1);

  // How many samples can be run side by side: within 256 MB, from 4 to 64.
  int64_t most_samples() const;
  // The inputs of a sample. All of them come before the first step.
  Status add(std::span<const Tensor> inputs);

  int64_t steps() const { return std::ssize(plan_->steps); }
  int64_t done() const { return std::ssize(plan_->steps) - left(); }
  // Runs the next step of all samples and, where it is a product, corrects it first.
  Status step();

  const std::vector<CorrectedLayer>& layers() const { return layers_; }

 private:
  Corrector(const Graph& exact, Graph& quantized, bool weights, MakeBoundPlan make_plan,
            int threads);

  int64_t left() const { return std::ssize(plan_->steps) - static_cast<int64_t>(next_); }
  Status run(std::vector<Executor>& executors, size_t step);
  // Whether the float samples are, or could be brought, at the step of this name.
  Result<bool> catch_up(const std::string& name);
  bool collect(const Node& node, const Node& float_node, const Shape& weights, ProductRows& rows);
  Status correct(const QuantizedProduct& product, const Node& node, const Node& float_node);

  const Graph* exact_;
  Graph* quantized_;
  bool weights_;  // are corrected too, not biases alone
  MakeBoundPlan make_plan_;
  int threads_;
  std::shared_ptr<const Plan> float_plan_, plan_;
  QuantizedProducts products_;
  std::map<std::string, size_t> float_steps_;  // likewise
  std::vector<Executor> float_samples_, samples_;
  size_t float_next_ = 0, next_ = 0;  // steps to run
  std::vector<CorrectedLayer> layers_;
};

}  // namespace octavo
