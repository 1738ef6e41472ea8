#include <algorithm>
#include <array>

#include "quant/comparison.h"
#include "quant/error_moments.h"
#include "runtime/executor.h"

namespace octavo {
namespace {

constexpr int kTop = 5;
constexpr int64_t kClassesWithBackground = 1001;  // ImageNet's, as TensorFlow counts: 0 is background

// What one sample told. Kept by sample, so that sums do not depend on how threads shared the work.
struct Outcome {
  bool used = false;
  int64_t classes = 0;  // 0: the first output is not one list of classes
  std::vector<int64_t> float_top;
  std::vector<int64_t> quantized_top;
  ErrorMoments output;
};

int64_t class_count(const TensorView& output) {
  if (output.dtype != DType::kFloat32 || output.shape.rank() == 0) return 0;
  const int64_t count = output.count();
  const int64_t longest = *std::max_element(output.shape.dims().begin(), output.shape.dims().end());
  return count == longest && count > 1 ? count : 0;
}

Status check_same_outputs(std::span<const TensorView> a, std::span<const TensorView> b) {
  bool same = a.size() == b.size();
  for (size_t i = 0; same && i < a.size(); ++i) same = a[i].dtype == b[i].dtype && a[i].shape == b[i].shape;
  if (same) return {};
  return {ErrorCode::kInvalidArgument,
          "the two models give different outputs; compare a model with its own quantized form"};
}

Status check_label(int64_t label, int64_t classes) {
  const int64_t last = classes == kClassesWithBackground ? classes - 2 : classes - 1;
  if (classes == 0 || label <= last) return {};
  return {ErrorCode::kInvalidArgument,
          "label " + std::to_string(label) + " is beyond the model's last class " +
              std::to_string(last) + "; check that labels and model belong together"};
}

Result<Outcome> judge(std::span<const TensorView> exact, std::span<const TensorView> rough) {
  OCTAVO_RETURN_IF_ERROR(check_same_outputs(exact, rough));
  Outcome outcome;
  outcome.used = true;
  for (size_t i = 0; i < exact.size(); ++i) {
    if (exact[i].dtype != DType::kFloat32) continue;
    outcome.output.add(exact[i].values<float>(), rough[i].values<float>());
  }
  outcome.classes = exact.empty() ? 0 : class_count(exact[0]);
  if (outcome.classes == 0) return outcome;
  outcome.float_top = top_classes(exact[0].values<float>(), kTop);
  outcome.quantized_top = top_classes(rough[0].values<float>(), kTop);
  return outcome;
}

// How often the wanted class came first, and came among the first five.
struct Hits {
  int64_t first = 0;
  int64_t among_five = 0;

  void count(const std::vector<int64_t>& top, int64_t wanted) {
    const auto found = std::find(top.begin(), top.end(), wanted);
    first += found == top.begin() ? 1 : 0;
    among_five += found != top.end() ? 1 : 0;
  }
};

double share(int64_t part, int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

void set_accuracy(const Hits& hits, int64_t labelled, ModelScore& score) {
  if (labelled == 0) return;
  score.top1 = share(hits.first, labelled);
  score.top5 = share(hits.among_five, labelled);
}

int64_t label_of(const CompareOptions& options, int64_t index) {
  return options.labels.empty() ? -1 : options.labels[static_cast<size_t>(index)];
}

void sum_up(const std::vector<Outcome>& outcomes, const CompareOptions& options,
            CompareReport& report) {
  ErrorMoments output;
  int64_t judged = 0, agreed = 0, labelled = 0;
  Hits float_hits, quantized_hits;
  for (size_t i = 0; i < outcomes.size(); ++i) {
    const Outcome& outcome = outcomes[i];
    if (!outcome.used) continue;
    ++report.images;
    output.add(outcome.output);
    if (outcome.classes == 0) continue;
    ++judged;
    agreed += outcome.float_top[0] == outcome.quantized_top[0] ? 1 : 0;
    const int64_t label = label_of(options, static_cast<int64_t>(i));
    if (label < 0) continue;
    ++labelled;
    const int64_t wanted = label + (outcome.classes == kClassesWithBackground ? 1 : 0);
    float_hits.count(outcome.float_top, wanted);
    quantized_hits.count(outcome.quantized_top, wanted);
  }
  report.output = {output.sqnr_db(), output.cosine()};
  if (judged > 0) report.agreement = share(agreed, judged);
  set_accuracy(float_hits, labelled, report.float_model);
  set_accuracy(quantized_hits, labelled, report.quantized);
}

}  // namespace

std::vector<int64_t> top_classes(std::span<const float> scores, int k) {
  std::vector<int64_t> top;
  for (size_t i = 0; i < scores.size(); ++i) {
    size_t place = top.size();  // before all that score less; a NaN scores less than nothing
    while (place > 0 && scores[i] > scores[static_cast<size_t>(top[place - 1])]) --place;
    if (place >= static_cast<size_t>(k)) continue;
    top.insert(top.begin() + static_cast<std::ptrdiff_t>(place), static_cast<int64_t>(i));
    if (top.size() > static_cast<size_t>(k)) top.pop_back();
  }
  return top;
}

Status compare_outputs(const Comparison& comparison, CompareReport& report) {
  const SampleSource& source = comparison.source;
  const int threads = comparison.options.threads;
  std::vector<Outcome> outcomes(static_cast<size_t>(source.count));
  std::vector<std::vector<SkippedSample>> skipped(
      static_cast<size_t>(shard_count(source.count, threads)));
  const auto work = [&](SampleSpan span, int shard, int thread, SharedProgress& progress) {
    Executor exact(comparison.float_model.plan), rough(comparison.quantized.plan);
    const auto use = [&](int64_t index, std::span<const Tensor> inputs) -> Status {
      const std::vector<TensorView> views = views_of(inputs);
      OCTAVO_ASSIGN_OR_RETURN(const auto exact_outputs, exact.run(views));
      OCTAVO_ASSIGN_OR_RETURN(const auto rough_outputs, rough.run(views));
      OCTAVO_ASSIGN_OR_RETURN(Outcome outcome, judge(exact_outputs, rough_outputs));
      OCTAVO_RETURN_IF_ERROR(check_label(label_of(comparison.options, index), outcome.classes));
      outcomes[static_cast<size_t>(index)] = std::move(outcome);
      return {};
    };
    return for_each_sample(source, span, thread, progress, skipped[static_cast<size_t>(shard)], use);
  };
  OCTAVO_RETURN_IF_ERROR(over_shards(source.count, threads, "compare", comparison.progress, work));
  for (const auto& part : skipped) {
    report.skipped.insert(report.skipped.end(), part.begin(), part.end());
  }
  sum_up(outcomes, comparison.options, report);
  return check_any_used(source, report.images, report.skipped);
}

}  // namespace octavo
