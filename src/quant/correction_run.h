// A choice of ranges with its corrections: layer by layer on samples (corrector.h) or, where the
// recipe has nothing more, biases by the means of the samples alone (corrections/analytic_bias.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "quant/corrector.h"
#include "quant/judge.h"
#include "quant/quantize.h"

namespace octavo {

bool corrects_by_layer(const Recipe& recipe);
bool corrects(const Recipe& recipe);  // in either way

class CorrectionRun {
 public:
  // `exact` stays the caller's. It looks at samples of `judge`.
  static Result<CorrectionRun> make(const Graph& exact, const Ranges& ranges, const Recipe& recipe,
                                    const Judge& judge, int threads = 1);

  int64_t steps() const { return corrector_ ? corrector_->steps() : 1; }
  int64_t done() const { return corrector_ ? corrector_->done() : int64_t{corrected_biases_}; }
  Status step(const Judge& judge);  // always the same
  const std::vector<CorrectedLayer>& layers() const {
    return corrector_ ? corrector_->layers() : layers_;
  }

  QuantizeResult take_result() { return std::move(*made_); }

 private:
  CorrectionRun(const Graph& exact, int threads, QuantizeResult made);

  Status add(const std::vector<std::vector<Tensor>>& samples);
  Status correct_biases_by_means(const Judge& judge);

  const Graph* exact_;
  int threads_;
  std::unique_ptr<QuantizeResult> made_;  // stays where it is when this moves
  std::optional<Corrector> corrector_;    // of made_
  bool corrected_biases_ = false;
  std::vector<CorrectedLayer> layers_;  // of what has no corrector
};

}  // namespace octavo
