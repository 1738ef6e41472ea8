// Which layers to leave in float, so that a goal is met: the fewest and cheapest.
//
// A layer costs its share of the work plus its share of the weights, of all layers. Work is
// multiply-adds, an element of the output counting as eight: about what reading, converting and
// writing one takes.
//
// The search is a function of what is known: it runs from its beginning over the trials that were
// made, and asks for the next one that it needs. So a search that was broken off goes on from its
// trials alone, and none is made twice.
//
//   rank      every layer is left in float alone: what the outputs gain by its cost
//   add       of the best few by that, and of the neighbours of the last one (two that follow each
//             other spare the value between them, too), the one that gains most by its cost stays,
//             until the goal is met
//   take back beginning with the costliest, layers without which the goal is met too
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "quant/goal.h"
#include "quant/judge.h"
#include "quant/quantized_layers.h"

namespace octavo {

using Kept = std::vector<int>;  // indices of layers that stay in float, rising

struct Tried {
  Verdict verdict;
  double int8_share = 0;  // of the multiply-adds
  bool operator==(const Tried&) const = default;
};
using Trials = std::map<Kept, Tried>;

// Whether the samples say that the goal is met. A few samples count in coarse steps, so what is
// smooth must hold too: the drop of the right classes' probability beside that of top-1, the
// overlap of the answers beside their agreement.
// `within_error`: for the count of top-1 it is enough to be at the goal within its standard error.
bool meets(const Goal& goal, const Tried& tried, bool within_error = false);

struct Search {
  std::optional<Kept> next;  // the trial that it asks for; none: the search has ended
  Kept best;                 // meets the goal, or is nearest to the float model
  bool met = false;
  int64_t done = 0, steps = 0;  // as far as is known
  bool is_ranking = false;
};
Search search(const std::vector<QuantizedLayer>& layers, const Goal& goal, const Trials& trials);

}  // namespace octavo
