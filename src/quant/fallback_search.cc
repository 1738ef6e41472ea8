#include "quant/fallback_search.h"

#include <algorithm>
#include <numeric>

namespace octavo {
namespace {

constexpr size_t kTriedByRank = 5;  // of each round

Kept with(Kept kept, int layer) {
  kept.insert(std::lower_bound(kept.begin(), kept.end(), layer), layer);
  return kept;
}

Kept without(Kept kept, int layer) {
  std::erase(kept, layer);
  return kept;
}

double work_of(const QuantizedLayer& layer) {
  return static_cast<double>(layer.macs + 8 * layer.elements + 1);
}

// By layer: see fallback_search.h.
std::vector<double> costs_of(const std::vector<QuantizedLayer>& layers) {
  double work = 0, weights = 1;
  for (const QuantizedLayer& layer : layers) {
    work += work_of(layer);
    weights += static_cast<double>(layer.weights);
  }
  std::vector<double> costs;
  for (const QuantizedLayer& layer : layers) {
    costs.push_back(work_of(layer) / work + static_cast<double>(layer.weights) / weights);
  }
  return costs;
}

class Searcher {
 public:
  Searcher(const std::vector<QuantizedLayer>& layers, const Goal& goal, const Trials& trials)
      : goal_(goal), trials_(trials), costs_(costs_of(layers)), scores_(layers.size()) {}

  Search run() {
    const bool complete = rank() && add() && take_back();
    if (complete) found_.next.reset();
    found_.best = kept_;
    found_.met = complete && met(*look(kept_));
    if (!found_.met) choose_best();
    // A hundred samples count in points, which chance moves: where no layers bring the count to the
    // goal, those will do that come nearest to the float model, within the count's error.
    const auto best = trials_.find(found_.best);
    if (complete && !found_.met && best != trials_.end()) {
      found_.met = meets(goal_, best->second, true);
    }
    found_.done = std::ssize(trials_);
    found_.steps = std::max<int64_t>(found_.done + (complete ? 0 : 1), 1 + std::ssize(costs_));
    return std::move(found_);
  }

 private:
  // What is known; else it is asked for.
  const Tried* look(const Kept& kept) {
    const auto known = trials_.find(kept);
    if (known != trials_.end()) return &known->second;
    found_.next = kept;
    return nullptr;
  }

  bool stays_int8(const Tried& tried) const {
    return tried.int8_share * 100 >= goal_.min_int8 - 1e-9;
  }
  // Coarse counts are met by luck, too: layers in float that take the outputs farther from the
  // float model's have not met anything.
  bool met(const Tried& tried) const {
    const bool is_nearer = tried.verdict.distance() <= trials_.at({}).verdict.distance();
    return is_nearer && stays_int8(tried) && meets(goal_, tried);
  }

  bool rank() {
    const Tried* all = look({});
    if (!all) return false;
    found_.is_ranking = !met(*all);
    if (!found_.is_ranking) return true;
    for (size_t i = 0; i < costs_.size(); ++i) {
      const Tried* one = look({static_cast<int>(i)});
      if (!one) return false;
      scores_[i] = score(*all, *one, i);
    }
    found_.is_ranking = false;
    return true;
  }

  double score(const Tried& before, const Tried& after, size_t layer) const {
    return (before.verdict.distance() - after.verdict.distance()) / costs_[layer];
  }

  // Unchosen neighbours of the last one, then the best by score.
  std::vector<int> candidates() const {
    std::vector<int> order(costs_.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
      return scores_[static_cast<size_t>(a)] > scores_[static_cast<size_t>(b)];
    });
    std::vector<int> chosen;
    const auto take = [&](int layer, size_t most) {
      const bool there = layer >= 0 && layer < static_cast<int>(costs_.size());
      const bool taken = std::binary_search(kept_.begin(), kept_.end(), layer) ||
                         std::find(chosen.begin(), chosen.end(), layer) != chosen.end() ||
                         std::find(full_.begin(), full_.end(), layer) != full_.end();
      if (there && !taken && chosen.size() < most) chosen.push_back(layer);
    };
    if (last_ >= 0) {
      take(last_ - 1, 2);
      take(last_ + 1, 2);
    }
    const size_t most = chosen.size() + kTriedByRank;
    for (const int layer : order) take(layer, most);
    return chosen;
  }

  // Of two layers beside those that are kept: one that meets the goal, the cheaper of two that do,
  // else the one that gains more by its cost.
  bool is_better(const Tried& then, int layer, int best) {
    const bool is_met = met(then), was_met = met(*look(with(kept_, best)));
    const auto a = static_cast<size_t>(layer), b = static_cast<size_t>(best);
    if (is_met != was_met) return is_met;
    return is_met ? costs_[a] < costs_[b] : scores_[a] > scores_[b];
  }

  bool add() {
    const Tried* now = look({});
    while (!met(*now)) {
      int best = -1;
      bool any = false;
      for (const int layer : candidates()) {
        any = true;
        const Tried* then = look(with(kept_, layer));
        if (!then) return false;
        if (!stays_int8(*then)) {  // nor with others in float beside it
          full_.push_back(layer);
          continue;
        }
        const auto i = static_cast<size_t>(layer);
        scores_[i] = score(*now, *then, i);
        if (best < 0 || is_better(*then, layer, best)) best = layer;
      }
      if (!any) return true;  // no layer is left
      if (best < 0) continue;
      kept_ = with(kept_, best);
      last_ = best;
      now = look(kept_);
    }
    return true;
  }

  bool take_back() {
    if (!met(*look(kept_))) return true;
    Kept by_cost = kept_;
    std::stable_sort(by_cost.begin(), by_cost.end(), [&](int a, int b) {
      return costs_[static_cast<size_t>(a)] > costs_[static_cast<size_t>(b)];
    });
    for (const int layer : by_cost) {
      const Tried* less = look(without(kept_, layer));
      if (!less) return false;
      if (met(*less)) kept_ = without(kept_, layer);
    }
    return true;
  }

  double cost_of(const Kept& kept) const {
    double sum = 0;
    for (const int layer : kept) sum += costs_[static_cast<size_t>(layer)];
    return sum;
  }

  // Of a search that has not come to its end, or in vain: of all that is known the cheapest that
  // meets the goal, else the nearest within bounds. Else it is where the search went: among many
  // trials one meets a goal that counts in coarse steps by luck.
  void choose_best() {
    if (!trials_.contains({})) return;
    const Tried* best = nullptr;
    for (const auto& [kept, tried] : trials_) {
      if (!stays_int8(tried)) continue;
      const bool is_met = met(tried);
      const bool better = !best || (is_met != found_.met ? is_met
                                    : is_met             ? cost_of(kept) < cost_of(found_.best)
                                             : tried.verdict.distance() < best->verdict.distance());
      if (!better) continue;
      best = &tried;
      found_.best = kept;
      found_.met = is_met;
    }
  }

  const Goal& goal_;
  const Trials& trials_;
  std::vector<double> costs_;   // by layer
  std::vector<double> scores_;  // likewise: gain by cost
  Kept kept_;
  std::vector<int> full_;  // layers that would leave too little integer
  int last_ = -1;
  Search found_;
};

}  // namespace

bool meets(const Goal& goal, const Tried& tried, bool within_error) {
  const Verdict& v = tried.verdict;
  constexpr double kRounding = 1e-9;
  const auto at_most = [](const std::optional<double>& share, double most) {
    return share && *share * 100 <= most + kRounding;
  };
  const auto at_least = [](const std::optional<double>& share, double least) {
    return share && *share * 100 >= least - kRounding;
  };
  std::optional<double> drop = v.top1_drop;
  if (drop && within_error) *drop -= v.top1_error.value_or(0);
  if (goal.max_drop && !at_most(drop, *goal.max_drop)) return false;
  if (goal.max_drop && !at_most(v.confidence_drop, *goal.max_drop)) return false;
  if (goal.min_agreement && !at_least(v.agreement, *goal.min_agreement)) return false;
  if (goal.min_agreement && !at_least(v.overlap, *goal.min_agreement)) return false;
  return true;
}

Search search(const std::vector<QuantizedLayer>& layers, const Goal& goal, const Trials& trials) {
  return Searcher(layers, goal, trials).run();
}

}  // namespace octavo
