#include "quant/compare.h"

#include "quant/comparer.h"
#include "quant/shards.h"
#include "quant/timing.h"

namespace octavo {
namespace {

struct Shard {
  Comparison comparison;
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
  Comparison timed;
  const auto work = [&](SampleSpan span, int, int thread, SharedProgress& shared) {
    Comparer comparer(float_model.plan, quantized.plan, {.layer_samples = 0}, samples.count);
    std::vector<SkippedSample> known;  // reported already
    const auto use = [&](int64_t, std::span<const Tensor> inputs) {
      return comparer.time(inputs, timed);
    };
    return for_each_sample(samples, span, thread, shared, known, use);
  };
  OCTAVO_RETURN_IF_ERROR(over_shards(samples.count, 1, "time", progress, work));
  report.float_model.ms = median_after_first(timed.float_ms);
  report.quantized.ms = median_after_first(timed.quantized_ms);
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
    Comparer comparer(float_model.plan, quantized.plan, options, source.count, quantized.factors);
    shard.comparison.layers = comparer.layers();
    const auto use = [&](int64_t sample, std::span<const Tensor> inputs) {
      return comparer.add(sample, source.name(sample), inputs, label_of(options, sample),
                          shard.comparison);
    };
    return for_each_sample(source, span, thread, shared, shard.skipped, use);
  };
  OCTAVO_RETURN_IF_ERROR(over_shards(source.count, options.threads, "compare", progress, work));

  Shard& all = shards.front();
  for (size_t i = 1; i < shards.size(); ++i) {
    merge(all.comparison, std::move(shards[i].comparison));
    all.skipped.insert(all.skipped.end(), shards[i].skipped.begin(), shards[i].skipped.end());
  }
  OCTAVO_RETURN_IF_ERROR(check_any_used(std::ssize(all.comparison.answers), all.skipped));
  OCTAVO_ASSIGN_OR_RETURN(CompareReport report, report_of(all.comparison, float_model, quantized,
                                                          std::move(all.skipped)));
  if (shards.size() > 1 && options.timed_runs > 0) {
    OCTAVO_RETURN_IF_ERROR(
        measure_times(float_model, quantized, source, options.timed_runs, progress, report));
  }
  return report;
}

}  // namespace octavo
