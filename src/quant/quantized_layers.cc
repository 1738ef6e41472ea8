#include "quant/quantized_layers.h"

#include <chrono>
#include <set>

#include "graph/multiply_adds.h"
#include "graph/ops.h"
#include "quant/shards.h"
#include "quant/timing.h"
#include "runtime/executor.h"

namespace octavo {
namespace {

struct Work {
  int64_t macs = 0, elements = 0;
};

// By name of the node; conversions of layout carry no names of nodes, or come later.
std::map<std::string, Work> work_of(const Plan& plan) {
  std::map<std::string, Work> work;
  for (const Step& step : plan.steps) {
    const Node& node = plan.graph.node(step.node);
    const auto& shape = plan.graph.value(node.outputs[0]).shape;
    const int64_t elements = shape && shape->is_static() ? shape->count() : 0;
    work.emplace(node.name, Work{multiply_adds(plan.graph, node), elements});
  }
  return work;
}

int64_t weights_of(const Graph& graph, const Node& node) {
  const Constant* weights = node.inputs.size() > 1 ? graph.constant(node.inputs[1]) : nullptr;
  const bool is_product = info_of(node.op).role == Role::kCompute;
  return is_product && weights ? weights->count() : 0;
}

}  // namespace

std::vector<QuantizedLayer> quantized_layers(const std::vector<NodeSummary>& nodes,
                                             const Graph& exact, const Plan& plan) {
  std::map<std::string, NodeId> by_name;
  for (const NodeId id : exact.live_nodes()) by_name.emplace(exact.node(id).name, id);
  const std::map<std::string, Work> work = work_of(plan);
  std::set<std::string> seen;
  std::vector<QuantizedLayer> layers;
  for (const NodeSummary& line : nodes) {
    const auto found = by_name.find(line.name);
    // A clamp with a reason is folded into what it follows.
    if (!line.quantized || !line.reason.empty() || found == by_name.end()) continue;
    const Node& node = exact.node(found->second);
    if (info_of(node.op).role == Role::kShare || !seen.insert(line.name).second) continue;
    const auto its = work.find(line.name);
    const Work done = its == work.end() ? Work{} : its->second;
    layers.push_back({line.name, line.op, done.macs, done.elements, weights_of(exact, node)});
  }
  return layers;
}

double int8_share(const std::vector<NodeSummary>& nodes, const Plan& plan) {
  std::set<std::string> integer;
  for (const NodeSummary& line : nodes) {
    if (line.quantized) integer.insert(line.name);
  }
  double all = 0, of_integers = 0;
  for (const auto& [name, work] : work_of(plan)) {
    all += static_cast<double>(work.macs);
    if (integer.contains(name)) of_integers += static_cast<double>(work.macs);
  }
  return all > 0 ? of_integers / all : 0;
}

Result<std::map<std::string, double>> layer_times(std::shared_ptr<const Plan> plan,
                                                  std::span<const Tensor> inputs, int runs) {
  using Clock = std::chrono::steady_clock;
  Executor executor(plan);
  std::vector<std::vector<double>> ms(plan->steps.size());
  for (int run = 0; run <= runs; ++run) {
    OCTAVO_RETURN_IF_ERROR(executor.begin(views_of(inputs)));
    for (size_t i = 0; i < plan->steps.size(); ++i) {
      const Clock::time_point start = Clock::now();
      OCTAVO_RETURN_IF_ERROR(executor.run_step(i));
      ms[i].push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    }
  }
  std::map<std::string, double> times;
  for (size_t i = 0; i < plan->steps.size(); ++i) {
    times[plan->graph.node(plan->steps[i].node).name] += median_after_first(ms[i]);
  }
  return times;
}

}  // namespace octavo
