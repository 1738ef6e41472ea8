#include "quant/calibrate.h"

#include <optional>
#include <set>

#include "graph/ops.h"
#include "quant/calibrator.h"
#include "quant/shards.h"

namespace octavo {
namespace {

// What one thread saw: consecutive samples, so that merging in order equals one pass.
struct Shard {
  std::optional<Statistics> statistics;
  std::vector<SkippedSample> skipped;
};

void merge(Shard& first, const Shard& later) {
  first.statistics->merge(*later.statistics);
  first.skipped.insert(first.skipped.end(), later.skipped.begin(), later.skipped.end());
}

}  // namespace

std::vector<std::string> values_to_observe(const Graph& graph, const Recipe& recipe) {
  std::set<ValueId> wanted;
  for (NodeId id : graph.live_nodes()) {
    const Node& node = graph.node(id);
    if (info_of(node.op).role == Role::kOther || !excluded_by(recipe, graph, node).empty())
      continue;
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
  const std::vector<std::string> names(values.begin(), values.end());
  std::vector<Shard> shards(static_cast<size_t>(shard_count(source.count, threads)));
  const auto work = [&](SampleSpan span, int index, int thread, SharedProgress& shared) {
    Shard& shard = shards[static_cast<size_t>(index)];
    Statistics& statistics = shard.statistics.emplace(names, recipe);
    Calibrator calibrator(plan, values);
    const auto use = [&](int64_t, std::span<const Tensor> inputs) {
      return calibrator.add(inputs, statistics);
    };
    return for_each_sample(source, span, thread, shared, shard.skipped, use);
  };
  OCTAVO_RETURN_IF_ERROR(over_shards(source.count, threads, "calibrate", progress, work));
  Shard& all = shards.front();
  for (size_t i = 1; i < shards.size(); ++i) merge(all, shards[i]);
  OCTAVO_RETURN_IF_ERROR(check_any_used(all.statistics->samples(), all.skipped));
  OCTAVO_ASSIGN_OR_RETURN(Ranges ranges, all.statistics->ranges());
  OCTAVO_ASSIGN_OR_RETURN(std::vector<RangeChoice> choices, all.statistics->choices());
  return Calibration{std::move(ranges), std::move(choices), all.statistics->samples(),
                     std::move(all.skipped)};
}

}  // namespace octavo
