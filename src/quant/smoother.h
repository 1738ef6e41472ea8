// How strongly a graph is smoothed (corrections/smooth.h): each strength is quantized with the
// ranges of its own graph and judged beside the graph as it is.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "quant/calibrate.h"
#include "quant/corrections/smooth.h"
#include "quant/judge.h"
#include "quant/trial.h"

namespace octavo {

// A graph with the same outputs, to the last bit, and its ranges.
struct Smoothed {
  std::shared_ptr<const Graph> graph;  // null: as it was
  Calibration calibration;
  Smoothing smoothing;
  std::string name;  // "smoothed by 0.5"
};

class Smoother {
 public:
  using Calibrate = std::function<Result<Calibration>(const Graph& graph)>;

  // `exact` stays the caller's. `plain`: its first choice of ranges. `fixed`: names of values that
  // stay as they are. Null where the graph has no place for it.
  static std::unique_ptr<Smoother> make(const Graph& exact, RangeChoice plain, const Recipe& recipe,
                                        const std::vector<std::string>& fixed);

  // Tries the next strength, the graph as it is before all. `judge`: of the graph, always the same.
  Status step(const Judge& judge, const Calibrate& calibrate, int threads);
  int64_t steps() const { return 1 + std::ssize(kSmoothingStrengths); }
  int64_t done() const { return done_; }

  const std::vector<Trial>& trials() const { return trials_; }
  bool ended() const { return ended_; }  // its best was taken
  // The best, whose trial is gone from the list: the first of its ranges stands for it.
  Smoothed take_best();

 private:
  Status try_plain(const Judge& judge, int threads);
  Status try_strength(double alpha, const Judge& judge, const Calibrate& calibrate);
  Status judge_one(Smoothed one, const Graph& graph, const RangeChoice& choice, const Judge& judge);

  const Graph* exact_ = nullptr;
  RangeChoice plain_;
  Recipe recipe_;
  std::vector<SmoothPlace> places_;
  ActivationStatistics seen_;
  std::vector<ChannelFactors> tried_;
  std::vector<Trial> trials_;
  size_t best_trial_ = 0;
  Smoothed best_;
  int64_t done_ = 0;
  bool ended_ = false;
};

}  // namespace octavo
