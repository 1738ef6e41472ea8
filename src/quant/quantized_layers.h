// The layers that quantize() makes integer, and that could as well stay in float: what each costs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "quant/quantize.h"
#include "runtime/plan.h"

namespace octavo {

struct QuantizedLayer {
  std::string name;  // of the node; its Relu or Clip goes with it
  std::string op;
  int64_t macs = 0;      // multiply-adds of a run; 0 where it is no product
  int64_t elements = 0;  // of its output
  int64_t weights = 0;   // numbers in its weights: a byte each as int8, four in float
};

// Without operators that move data: those follow their input. `nodes`: of quantize(); `plan`: the
// float graph's, for shapes. In running order, each name once.
std::vector<QuantizedLayer> quantized_layers(const std::vector<NodeSummary>& nodes,
                                             const Graph& exact, const Plan& plan);

// The share of the graph's multiply-adds that is integer, 0..1; 0 where there are none.
double int8_share(const std::vector<NodeSummary>& nodes, const Plan& plan);

// Milliseconds by name of the node: medians over `runs` runs of one sample on one thread, after one
// that does not count.
Result<std::map<std::string, double>> layer_times(std::shared_ptr<const Plan> plan,
                                                  std::span<const Tensor> inputs, int runs);

}  // namespace octavo
