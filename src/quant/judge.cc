#include "quant/judge.h"

#include <algorithm>
#include <cmath>

#include "quant/comparison.h"
#include "quant/error_moments.h"
#include "quant/probabilities.h"

namespace octavo {

// Sums over samples; of one sample at first.
struct Judge::Scores {
  ErrorMoments moments;
  double same = 0, overlap = 0, kl = 0;
  double labelled = 0, top1_lost = 0, changed = 0, confidence_lost = 0;

  void add(const Scores& other) {
    moments.add(other.moments);
    same += other.same;
    overlap += other.overlap;
    kl += other.kl;
    labelled += other.labelled;
    top1_lost += other.top1_lost;
    changed += other.changed;
    confidence_lost += other.confidence_lost;
  }
};

double Verdict::distance() const {
  if (kl) return *kl;
  return 1.0 / static_cast<double>(real_exp(static_cast<float>(sqnr_db * 0.23025850929940458)));
}

bool is_nearer(const Verdict& one, const Verdict& other) {
  if (one.kl && other.kl && *one.kl != *other.kl) return *one.kl < *other.kl;
  return one.sqnr_db > other.sqnr_db;
}

Result<Judge> Judge::make(const Graph& exact, std::vector<std::vector<Tensor>> samples,
                          std::vector<int64_t> labels, MakeBoundPlan make_plan, int threads) {
  Judge judge;
  judge.samples_ = std::move(samples);
  judge.make_plan_ = std::move(make_plan);
  judge.threads_ = threads;
  judge.exact_.resize(judge.samples_.size());
  OCTAVO_ASSIGN_OR_RETURN(judge.float_plan_, judge.make_plan_(exact));
  const auto keep = [&](size_t i, std::span<const TensorView> outputs) {
    Exact& kept = judge.exact_[i];
    for (const TensorView& output : outputs) {
      const bool is_float = output.dtype == DType::kFloat32;
      const auto values = is_float ? output.values<float>() : std::span<const float>();
      kept.outputs.emplace_back(values.begin(), values.end());
    }
    if (outputs.empty() || class_count(outputs[0]) == 0) return;
    const std::vector<float>& scores = kept.outputs[0];
    kept.already = are_probabilities(scores);
    kept.probabilities = to_probabilities(scores, kept.already);
    kept.top = static_cast<size_t>(top_classes(scores, 1)[0]);
  };
  OCTAVO_RETURN_IF_ERROR(judge.runs_of(judge.float_plan_).run({}, keep));
  for (size_t i = 0; i < std::min(labels.size(), judge.exact_.size()); ++i) {
    const auto classes = std::ssize(judge.exact_[i].probabilities);
    OCTAVO_RETURN_IF_ERROR(check_label(labels[i], classes));
    if (labels[i] >= 0) judge.exact_[i].label = labels[i] + background_classes(classes);
  }
  return judge;
}

bool Judge::has_labels() const {
  return has_classes() && std::any_of(exact_.begin(), exact_.end(),
                                      [](const Exact& exact) { return exact.label >= 0; });
}

void Judge::score(const Exact& exact, std::span<const TensorView> outputs, Scores& scores) const {
  for (size_t j = 0; j < exact.outputs.size(); ++j) {
    if (exact.outputs[j].empty() || outputs[j].dtype != DType::kFloat32) continue;
    const auto values = outputs[j].values<float>();
    std::vector<float> rough(values.begin(), values.end());
    rough.resize(exact.outputs[j].size());  // a length that data decides may differ
    scores.moments.add(exact.outputs[j], rough);
  }
  const std::vector<double>& p = exact.probabilities;
  if (p.empty() || outputs[0].count() != std::ssize(p)) return;
  const auto values = outputs[0].values<float>();
  const std::vector<double> q = to_probabilities(values, exact.already);
  const auto top = static_cast<size_t>(top_classes(values, 1)[0]);
  scores.same = top == exact.top ? 1 : 0;
  scores.kl = kl_divergence(p, q);
  for (size_t k = 0; k < p.size(); ++k) scores.overlap += std::min(p[k], q[k]);
  if (exact.label < 0) return;
  const auto label = static_cast<size_t>(exact.label);
  scores.labelled = 1;
  scores.top1_lost = (exact.top == label ? 1 : 0) - (top == label ? 1 : 0);
  scores.changed = std::fabs(scores.top1_lost);
  scores.confidence_lost = p[label] - q[label];
}

Result<Verdict> Judge::of(const Graph& quantized) const {
  OCTAVO_ASSIGN_OR_RETURN(const auto plan, make_plan_(quantized));
  SampleRuns runs = runs_of(plan);
  return of(runs, {});
}

Result<Verdict> Judge::of(SampleRuns& runs, const Tap& tap) const {
  std::vector<Scores> by_sample(samples_.size());
  OCTAVO_RETURN_IF_ERROR(runs.run(tap, [&](size_t i, std::span<const TensorView> outputs) {
    score(exact_[i], outputs, by_sample[i]);
  }));
  Scores sum;
  for (const Scores& scores : by_sample) sum.add(scores);
  Verdict verdict{.sqnr_db = sum.moments.sqnr_db()};
  if (has_classes()) {
    const auto count = static_cast<double>(samples_.size());
    verdict.agreement = sum.same / count;
    verdict.overlap = sum.overlap / count;
    verdict.kl = sum.kl / count;
  }
  if (sum.labelled > 0) {
    verdict.top1_drop = sum.top1_lost / sum.labelled;
    verdict.top1_error = std::sqrt(sum.changed) / sum.labelled;
    verdict.confidence_drop = sum.confidence_lost / sum.labelled;
  }
  return verdict;
}

}  // namespace octavo
