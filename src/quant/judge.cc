#include "quant/judge.h"

#include <algorithm>

#include "base/thread_pool.h"
#include "quant/comparison.h"
#include "quant/error_moments.h"
#include "quant/probabilities.h"
#include "quant/shards.h"

namespace octavo {
namespace {

std::vector<std::vector<float>> floats_of(std::span<const TensorView> outputs) {
  std::vector<std::vector<float>> copies;
  for (const TensorView& output : outputs) {
    if (output.dtype != DType::kFloat32) continue;  // indices and the like have no noise
    copies.emplace_back(output.values<float>().begin(), output.values<float>().end());
  }
  return copies;
}

// Calls use(sample, outputs) for each sample, on several threads.
Status run_all(const std::shared_ptr<const Plan>& plan,
               const std::vector<std::vector<Tensor>>& samples, int threads, const Tap& tap,
               const std::function<void(size_t, std::span<const TensorView>)>& use) {
  std::vector<std::optional<Executor>> executors(static_cast<size_t>(std::max(threads, 1)));
  std::vector<Status> failures(samples.size());
  parallel_for(static_cast<int>(samples.size()), threads, [&](int item, int thread) {
    const auto i = static_cast<size_t>(item);
    std::optional<Executor>& executor = executors[static_cast<size_t>(thread)];
    if (!executor) executor.emplace(plan);
    const auto outputs = executor->run(views_of(samples[i]), tap);
    if (outputs.ok()) {
      use(i, *outputs);
    } else {
      failures[i] = outputs.status();
    }
  });
  for (const Status& failure : failures) OCTAVO_RETURN_IF_ERROR(failure);
  return {};
}

}  // namespace

bool is_nearer(const Verdict& one, const Verdict& other) {
  if (one.kl && other.kl && *one.kl != *other.kl) return *one.kl < *other.kl;
  return one.sqnr_db > other.sqnr_db;
}

struct Judge::Errors {
  ErrorMoments moments;
  std::optional<double> kl;
};

Judge::Errors Judge::errors_of(const Answer& exact, Answer given) const {
  Errors errors;
  for (size_t j = 0; j < given.outputs.size(); ++j) {
    given.outputs[j].resize(exact.outputs[j].size());  // a length that data decides may differ
    errors.moments.add(exact.outputs[j], given.outputs[j]);
  }
  if (exact.are_classes) {
    const bool already = are_probabilities(exact.outputs[0]);
    errors.kl = kl_divergence(to_probabilities(exact.outputs[0], already),
                              to_probabilities(given.outputs[0], already));
  }
  return errors;
}

void Judge::add(std::vector<Tensor> inputs) {
  const bool fits = samples_.empty() || shapes_of(samples_[0]) == shapes_of(inputs);
  if (fits) samples_.push_back(std::move(inputs));
}

Status Judge::begin(const std::shared_ptr<const Plan>& exact) {
  exact_.resize(samples_.size());
  const auto keep = [&](size_t i, std::span<const TensorView> outputs) {
    exact_[i] = {floats_of(outputs), !outputs.empty() && class_count(outputs[0]) > 0};
  };
  return run_all(exact, samples_, threads_, {}, keep);
}

Result<Verdict> Judge::judge(const std::shared_ptr<const Plan>& plan, const Tap& tap) const {
  std::vector<Errors> errors(samples_.size());
  const auto measure = [&](size_t i, std::span<const TensorView> outputs) {
    errors[i] = errors_of(exact_[i], {floats_of(outputs)});
  };
  OCTAVO_RETURN_IF_ERROR(run_all(plan, samples_, threads_, tap, measure));
  Errors sum;
  for (const Errors& one : errors) {
    sum.moments.add(one.moments);
    if (one.kl) sum.kl = sum.kl.value_or(0) + *one.kl;
  }
  if (sum.kl) *sum.kl /= static_cast<double>(samples_.size());
  return Verdict{sum.moments.sqnr_db(), sum.kl};
}

}  // namespace octavo
