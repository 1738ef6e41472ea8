// Graphs that compute what the float graph does and quantize with less loss.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "quant/corrections/channel_factors.h"
#include "quant/corrector.h"
#include "quant/judge.h"
#include "quant/smoother.h"

namespace octavo {

struct Equivalent {
  std::shared_ptr<const Graph> graph;       // null: the float graph itself
  std::string name;                         // ", smoothed by 0.5, equalized"
  ChannelFactors factors;                   // of the outputs of its products
  ChannelFactors features;                  // of its smoothed places
  std::vector<CorrectedLayer> corrections;  // likewise

  const Graph& graph_or(const Graph& exact) const { return graph ? *graph : exact; }
};

Equivalent equivalent_of(Smoothed smoothed);

// `from`, whose graph is `exact` and which `judge` is of, with channels equalized by what they hold
// on the samples (corrections/equalize.h). nullopt where there is nothing to gain. `fixed`: names
// of values that stay as they are.
Result<std::optional<Equivalent>> equalized(const Equivalent& from, const Graph& exact,
                                            const Judge& judge,
                                            const std::vector<std::string>& fixed, int threads);

}  // namespace octavo
