#include "quant/calibrate.h"

#include <algorithm>
#include <set>

#include "graph/ops.h"
#include "quant/shards.h"

namespace octavo {
namespace {

// What one thread saw: consecutive samples, so that merging in order equals one pass.
struct Shard {
  std::vector<std::unique_ptr<Observer>> observers;  // by value of the plan; null where not observed
  int64_t samples = 0;
  std::vector<SkippedSample> skipped;
};

std::vector<std::unique_ptr<Observer>> make_observers(const Plan& plan,
                                                      std::span<const std::string> names,
                                                      const Recipe& recipe) {
  const ObserverInfo* info = find_observer(recipe.observer);
  std::vector<std::unique_ptr<Observer>> observers(plan.graph.value_count());
  for (const std::string& name : names) {
    const ValueId id = plan.graph.find_value(name);
    if (id != kNoValue) observers[static_cast<size_t>(id)] = info->make(recipe);
  }
  return observers;
}

void observe(Shard& shard, ValueId id, TensorView view) {
  Observer* observer = shard.observers[static_cast<size_t>(id)].get();
  if (observer && view.dtype == DType::kFloat32) observer->observe(view.values<float>());
}

Status run_sample(Executor& executor, std::span<const Tensor> inputs, Shard& shard) {
  const std::vector<TensorView> views = views_of(inputs);
  const Tap tap = [&](ValueId id, const Value&, TensorView view) { observe(shard, id, view); };
  return executor.run(views, tap).status();
}

void merge(Shard& first, const Shard& later) {
  for (size_t i = 0; i < first.observers.size(); ++i) {
    if (first.observers[i]) first.observers[i]->merge(*later.observers[i]);
  }
  first.samples += later.samples;
  first.skipped.insert(first.skipped.end(), later.skipped.begin(), later.skipped.end());
}

Result<Ranges> ranges_of(const Shard& all, const Graph& graph, const std::string& observer) {
  Ranges ranges;
  for (size_t i = 0; i < all.observers.size(); ++i) {
    if (!all.observers[i]) continue;
    const std::string& name = graph.value(static_cast<ValueId>(i)).name;
    const Result<Range> range = all.observers[i]->range();
    if (!range.ok()) return range.status().at("value '" + name + "'");
    ranges[name] = {*range, all.observers[i]->count(), observer};
  }
  return ranges;
}

}  // namespace

std::vector<std::string> values_to_observe(const Graph& graph, const Recipe& recipe) {
  std::set<ValueId> wanted;
  for (NodeId id : graph.live_nodes()) {
    const Node& node = graph.node(id);
    if (info_of(node.op).role == Role::kOther || !excluded_by(recipe, graph, node).empty()) continue;
    wanted.insert(node.inputs.begin(), node.inputs.end());
    wanted.insert(node.outputs.begin(), node.outputs.end());
  }
  std::vector<std::string> names;
  for (ValueId id : wanted) {
    if (id == kNoValue || graph.is_constant(id)) continue;
    if (graph.value(id).dtype == DType::kFloat32) names.push_back(graph.value(id).name);
  }
  return names;
}

Result<Calibration> calibrate(const std::shared_ptr<const Plan>& plan,
                              std::span<const std::string> values, const SampleSource& source,
                              const Recipe& recipe, int threads, const Progress& progress) {
  OCTAVO_RETURN_IF_ERROR(validate(recipe));
  std::vector<Shard> shards(static_cast<size_t>(shard_count(source.count, threads)));
  const auto work = [&](SampleSpan span, int index, int thread, SharedProgress& shared) {
    Shard& shard = shards[static_cast<size_t>(index)];
    shard.observers = make_observers(*plan, values, recipe);
    Executor executor(plan);
    const auto use = [&](int64_t, std::span<const Tensor> inputs) {
      ++shard.samples;
      return run_sample(executor, inputs, shard);
    };
    return for_each_sample(source, span, thread, shared, shard.skipped, use);
  };
  OCTAVO_RETURN_IF_ERROR(over_shards(source.count, threads, "calibrate", progress, work));
  Shard& all = shards.front();
  for (size_t i = 1; i < shards.size(); ++i) merge(all, shards[i]);
  OCTAVO_RETURN_IF_ERROR(check_any_used(source, all.samples, all.skipped));
  OCTAVO_ASSIGN_OR_RETURN(Ranges ranges, ranges_of(all, plan->graph, recipe.observer));
  return Calibration{std::move(ranges), all.samples, std::move(all.skipped)};
}

}  // namespace octavo
