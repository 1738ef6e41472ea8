#include "engine/profile.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <numeric>

#include "graph/multiply_adds.h"
#include "quant/shards.h"
#include "runtime/executor.h"

namespace octavo {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds(Clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

// The mean of the middle half: no outliers, and finer than the timer.
double typical(std::vector<double> times) {
  if (times.empty()) return 0;
  std::sort(times.begin(), times.end());
  const size_t cut = times.size() / 4;
  const auto first = times.begin() + static_cast<ptrdiff_t>(cut);
  const auto last = times.end() - static_cast<ptrdiff_t>(cut);
  return std::accumulate(first, last, 0.0) / static_cast<double>(last - first);
}

std::string shape_of(const Graph& graph, const Node& node) {
  const ValueId id = node.outputs.empty() ? kNoValue : node.outputs[0];
  return id == kNoValue || !graph.value(id).shape ? "?" : graph.value(id).shape->to_string();
}

}  // namespace

Result<Profile> profile(Session& session, std::span<const Tensor> inputs, int runs) {
  const std::vector<TensorView> views = views_of(inputs);
  OCTAVO_ASSIGN_OR_RETURN(const auto plan, session.plan_for(shapes_of(inputs)));
  Executor executor(plan, session.pool());
  std::vector<std::vector<double>> by_value(plan->graph.value_count());
  std::vector<double> whole;
  for (int i = 0; i <= runs; ++i) {
    const Clock::time_point begin = Clock::now();
    OCTAVO_RETURN_IF_ERROR(executor.run(views).status());
    if (i > 0) whole.push_back(milliseconds(Clock::now() - begin));
    Clock::time_point last = Clock::now();
    const Tap tap = [&](ValueId id, const Value&, TensorView) {
      const Clock::time_point now = Clock::now();
      if (i > 0) by_value[static_cast<size_t>(id)].push_back(milliseconds(now - last));
      last = Clock::now();
    };
    OCTAVO_RETURN_IF_ERROR(executor.run(views, tap).status());
  }
  Profile found;
  for (const Step& step : plan->steps) {
    const Node& node = plan->graph.node(step.node);
    StepTime time{node.name, name_of(node.op), shape_of(plan->graph, node), 0,
                  multiply_adds(plan->graph, node)};
    for (const ValueId id : step.outputs) {
      if (id != kNoValue) time.ms += typical(by_value[static_cast<size_t>(id)]);
    }
    found.steps.push_back(std::move(time));
  }
  found.ms = typical(whole);
  found.peak_bytes = executor.peak_bytes();
  return found;
}

OrderedJson to_json(const Profile& profile) {
  OrderedJson steps = OrderedJson::array();
  for (const StepTime& s : profile.steps) {
    steps.push_back(
        {{"name", s.name}, {"op", s.op}, {"shape", s.shape}, {"ms", s.ms}, {"macs", s.macs}});
  }
  return {{"schema", 1}, {"ms", profile.ms}, {"peak_bytes", profile.peak_bytes}, {"steps", steps}};
}

std::string to_text(const Profile& profile) {
  std::vector<const StepTime*> sorted;
  for (const StepTime& s : profile.steps) sorted.push_back(&s);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const StepTime* a, const StepTime* b) { return a->ms > b->ms; });
  char line[200];
  std::snprintf(line, sizeof line, "  %.2f ms a run, peak memory %.1f MB\n\n", profile.ms,
                static_cast<double>(profile.peak_bytes) / 1e6);
  std::string text = line;
  for (const StepTime* s : sorted) {
    const double rate = s->ms > 0 ? static_cast<double>(s->macs) * 1e-6 / s->ms : 0;
    std::snprintf(line, sizeof line, "  %8.3f ms  %6.1f GMAC/s  %-18s %-20s %s\n", s->ms, rate,
                  s->op.c_str(), s->shape.c_str(), s->name.substr(0, 60).c_str());
    text += line;
  }
  return text;
}

}  // namespace octavo
