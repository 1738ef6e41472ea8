// Of several choices of ranges for a whole model, the best for each value.
//
// What is best for one layer alone is not best for the model: what one range clips, the ranges of
// later layers clip again, and errors of one sign add up. So the values are gone through in running
// order: those before have the integers that were chosen for them, those after are exact, and of
// what the choices say of this one that is taken whose outputs are nearest.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "quant/judge.h"
#include "quant/ranges.h"

namespace octavo {

// Of the activations of a quantized graph, by the name of the float value.
using ActivationParams = std::map<std::string, QuantParams>;
ActivationParams activation_params_of(const Graph& quantized);

class LayerRanges {
 public:
  // `choices` and what `quantize` made of each, in the same order; `runs`: of the float plan.
  LayerRanges(SampleRuns runs, std::vector<RangeChoice> choices,
              std::vector<ActivationParams> params);

  int64_t steps() const { return std::ssize(values_); }
  int64_t done() const { return static_cast<int64_t>(next_); }
  // Of the value that was last; empty before the first.
  std::string name() const { return next_ > 0 ? values_[next_ - 1].name : ""; }
  // The next value; `judge` of the same samples.
  Status step(const Judge& judge);

  // The first choice, with the ranges that were found.
  const Ranges& ranges() const { return ranges_; }

 private:
  struct Candidates {
    ValueId id;
    std::string name;
    size_t step;                  // that makes it; 0 of an input
    std::vector<size_t> choices;  // that differ
  };
  Tap tap() const;

  SampleRuns runs_;
  std::vector<RangeChoice> choices_;
  std::vector<ActivationParams> params_;
  std::vector<Candidates> values_;             // in running order
  std::vector<const QuantParams*> quantized_;  // by value of the plan; null: exact so far
  Ranges ranges_;
  size_t next_ = 0;
};

}  // namespace octavo
