#include "quant/compare.h"

#include <optional>

#include "quant/comparer.h"
#include "quant/shards.h"
#include "quant/timing.h"

namespace octavo {
namespace {

struct Shard {
  std::optional<Comparer> comparer;
  std::vector<SkippedSample> skipped;
};

int64_t label_of(const CompareOptions& options, int64_t index) {
  return options.labels.empty() ? -1 : options.labels[static_cast<size_t>(index)];
}

// `wanted` samples spread evenly; some more than once where there are not as many.
SampleSource spread(const SampleSource& source, int64_t wanted) {
  const auto place = [count = source.count, wanted](int64_t i) { return i * count / wanted; };
  return {source.count == 0 ? 0 : wanted, [=](int64_t i) { return source.name(place(i)); },
          [=](int64_t i, int thread) { return source.load(place(i), thread); }};
}

// Threads disturb each other's times: measured again on one, the two models in turn, so that both
// meet the same machine.
Status measure_times(const ComparedModel& float_model, const ComparedModel& quantized,
                     const SampleSource& source, int runs, const Progress& progress,
                     CompareReport& report) {
  const SampleSource samples = spread(source, runs + 1);
  std::vector<double> float_ms, quantized_ms;
  const auto work = [&](SampleSpan span, int, int thread, SharedProgress& shared) {
    Executor exact(float_model.plan), rough(quantized.plan);
    std::vector<SkippedSample> known;  // reported already
    const auto use = [&](int64_t, std::span<const Tensor> inputs) -> Status {
      const std::vector<TensorView> views = views_of(inputs);
      OCTAVO_RETURN_IF_ERROR(timed_run(exact, views, float_ms).status());
      return timed_run(rough, views, quantized_ms).status();
    };
    return for_each_sample(samples, span, thread, shared, known, use);
  };
  OCTAVO_RETURN_IF_ERROR(over_shards(samples.count, 1, "time", progress, work));
  report.float_model.ms = median_after_first(float_ms);
  report.quantized.ms = median_after_first(quantized_ms);
  return {};
}

}  // namespace

Result<CompareReport> compare(const ComparedModel& float_model, const ComparedModel& quantized,
                              const SampleSource& source, const CompareOptions& options,
                              const Progress& progress) {
  const auto labels = static_cast<int64_t>(options.labels.size());
  if (labels != 0 && labels != source.count) {
    return Status(ErrorCode::kInvalidArgument, std::to_string(labels) + " labels for " +
                                                   std::to_string(source.count) + " samples");
  }
  std::vector<Shard> shards(static_cast<size_t>(shard_count(source.count, options.threads)));
  const auto work = [&](SampleSpan span, int index, int thread, SharedProgress& shared) {
    Shard& shard = shards[static_cast<size_t>(index)];
    shard.comparer.emplace(float_model.plan, quantized.plan, options, source.count);
    const auto use = [&](int64_t sample, std::span<const Tensor> inputs) {
      return shard.comparer->add(sample, inputs, label_of(options, sample));
    };
    return for_each_sample(source, span, thread, shared, shard.skipped, use);
  };
  OCTAVO_RETURN_IF_ERROR(over_shards(source.count, options.threads, "compare", progress, work));

  Shard& all = shards.front();
  for (size_t i = 1; i < shards.size(); ++i) {
    all.comparer->merge(*std::move(shards[i].comparer));
    all.skipped.insert(all.skipped.end(), shards[i].skipped.begin(), shards[i].skipped.end());
  }
  OCTAVO_RETURN_IF_ERROR(check_any_used(all.comparer->samples(), all.skipped));
  CompareReport report = all.comparer->report();
  report.float_model.bytes = float_model.bytes;
  report.quantized.bytes = quantized.bytes;
  report.skipped = std::move(all.skipped);
  if (shards.size() > 1 && options.timed_runs > 0) {
    OCTAVO_RETURN_IF_ERROR(
        measure_times(float_model, quantized, source, options.timed_runs, progress, report));
  }
  return report;
}

}  // namespace octavo
