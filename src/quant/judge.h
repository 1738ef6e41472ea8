// How near the outputs of quantized graphs are to those of the float graph that they were made of,
// on samples that are kept for it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "quant/make_plan.h"
#include "quant/sample_runs.h"

namespace octavo {

struct Verdict {
  double sqnr_db = 0;  // of all float outputs
  // Where the first output is one list of classes:
  std::optional<double> agreement;  // share of samples with the same top-1, 0..1
  // Mean of sum_k min(p_k, q_k) over the classes' probabilities, 0..1: one less their total
  // variation distance. About the agreement that many samples would show, from few.
  std::optional<double> overlap;
  std::optional<double> kl;  // mean KL divergence, nats
  // Of the samples with labels, where there are any, as shares: what the quantized graph loses
  std::optional<double> top1_drop;        // of top-1
  std::optional<double> top1_error;       // its standard error, from samples that changed sides
  std::optional<double> confidence_drop;  // of the mean probability of the right class

  // What a search makes small: the KL divergence or, without classes, noise by signal.
  double distance() const;
  bool operator==(const Verdict&) const = default;
};

// Of answers that are classes, the one whose probabilities are nearer: noise that all classes
// share, or that unlikely ones have, changes no answer, but counts for the SQNR. Of others, and of
// equals, the one of the higher SQNR. False where infinite outputs left NaN.
bool is_nearer(const Verdict& one, const Verdict& other);

class Judge {
 public:
  // Runs the float graph on the samples, of one shape. `labels`: classes from 0, -1 for none; empty
  // where there are none. kInvalidArgument where a label is beyond the classes.
  static Result<Judge> make(const Graph& exact, std::vector<std::vector<Tensor>> samples,
                            std::vector<int64_t> labels, MakeBoundPlan make_plan, int threads = 1);

  // The same for any number of threads.
  Result<Verdict> of(const Graph& quantized) const;
  // Of a plan on the samples; `tap` may change what it computes.
  Result<Verdict> of(SampleRuns& runs, const Tap& tap) const;
  SampleRuns runs_of(std::shared_ptr<const Plan> plan) const {
    return {std::move(plan), samples_, threads_};
  }

  bool has_classes() const { return !exact_.empty() && !exact_[0].probabilities.empty(); }
  bool has_labels() const;
  const std::shared_ptr<const Plan>& float_plan() const { return float_plan_; }
  const MakeBoundPlan& make_plan() const { return make_plan_; }
  const std::vector<std::vector<Tensor>>& samples() const { return samples_; }

 private:
  // What the float graph gives for a sample.
  struct Exact {
    std::vector<std::vector<float>> outputs;
    std::vector<double> probabilities;  // of classes; empty where there are none
    bool already = false;               // the first output is probabilities as it is
    size_t top = 0;
    int64_t label = -1;  // as the model counts
  };
  struct Scores;

  void score(const Exact& exact, std::span<const TensorView> outputs, Scores& scores) const;

  std::vector<std::vector<Tensor>> samples_;
  MakeBoundPlan make_plan_;
  int threads_ = 1;
  std::shared_ptr<const Plan> float_plan_;
  std::vector<Exact> exact_;  // by sample
};

}  // namespace octavo
