// How near a plan's outputs are to those of the float model, on samples.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "graph/tensor.h"
#include "runtime/executor.h"

namespace octavo {

struct Verdict {
  double sqnr_db = 0;        // of all outputs
  std::optional<double> kl;  // nats, mean over samples, where the first output is a list of classes
};

// Of answers that are classes, the one whose probabilities are nearer: noise that all classes
// share, or that unlikely ones have, changes no answer, but counts for the SQNR. Of others the one
// of the higher SQNR. False where infinite outputs left NaN.
bool is_nearer(const Verdict& one, const Verdict& other);

class Judge {
 public:
  explicit Judge(int threads) : threads_(threads) {}

  // The inputs of a sample, of the shapes of the first; others are passed over, because they would
  // want plans of their own.
  void add(std::vector<Tensor> inputs);
  const std::vector<std::vector<Tensor>>& samples() const { return samples_; }

  // All samples are there: what the float model answers.
  Status begin(const std::shared_ptr<const Plan>& exact);
  // `tap` may change what the plan computes; it is called on several threads. The same bits for
  // any number of them.
  Result<Verdict> judge(const std::shared_ptr<const Plan>& plan, const Tap& tap = {}) const;

 private:
  struct Answer {
    std::vector<std::vector<float>> outputs;  // floats, by output
    bool are_classes = false;                 // the first of them
  };
  struct Errors;
  Errors errors_of(const Answer& exact, Answer given) const;

  int threads_;
  std::vector<std::vector<Tensor>> samples_;
  std::vector<Answer> exact_;  // by sample
};

}  // namespace octavo
