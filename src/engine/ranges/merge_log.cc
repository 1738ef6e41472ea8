#include "engine/ranges/merge_log.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace octavo {
namespace {

constexpr double kEnhanceRatio = 10;
constexpr double kLeastGap = 0.1;  // quantize_stat's: the ends do not come nearer to each other

struct Ends {
  double min;
  double max;
};

// numpy's default, "linear". `sorted` holds something.
double percentile_of(const std::vector<double>& sorted, double percent) {
  const double at = percent / 100 * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(at);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  const double part = at - static_cast<double>(below), step = sorted[above] - sorted[below];
  return part < 0.5 ? sorted[below] + step * part : sorted[above] - step * (1 - part);
}

// `minima` rise, `maxima` fall.
Ends enhanced(Ends ends, const std::vector<double>& minima, const std::vector<double>& maxima) {
  const auto samples = static_cast<double>(minima.size());
  size_t min_at = 0, max_at = 0;
  const auto earns = [&](double won, size_t i, size_t at) {
    const double cost = static_cast<double>(i - at) / (samples - static_cast<double>(at));
    return cost > 0 && won / (ends.max - ends.min) / cost > kEnhanceRatio;
  };
  for (size_t i = 0; i < minima.size(); ++i) {
    if (minima[i] + kLeastGap > ends.max) break;
    if (earns(minima[i] - ends.min, i, min_at)) {
      min_at = i;
      ends.min = minima[i];
    }
    if (ends.min + kLeastGap > maxima[i]) break;
    if (earns(ends.max - maxima[i], i, max_at)) {
      max_at = i;
      ends.max = maxima[i];
    }
  }
  return ends;
}

struct Extremes {
  std::vector<double> minima, maxima;
};

}  // namespace

Result<std::vector<NamedRange>> merge_log(const std::vector<NamedRange>& log,
                                          const LogMerging& merging) {
  if (!(merging.percentile >= 0 && merging.percentile <= 100)) {
    return Status(ErrorCode::kInvalidArgument,
                  "percentile must be from 0 to 100, in per cent of the samples");
  }
  const double cut = std::min(merging.percentile, 100 - merging.percentile);
  std::vector<std::string> order;
  std::map<std::string, Extremes> found;
  for (const NamedRange& line : log) {
    const auto [at, is_new] = found.try_emplace(line.name);
    if (is_new) order.push_back(line.name);
    at->second.minima.push_back(line.range.min);
    at->second.maxima.push_back(line.range.max);
  }
  std::vector<NamedRange> merged;
  for (const std::string& name : order) {
    auto& [minima, maxima] = found[name];
    std::sort(minima.begin(), minima.end());
    std::sort(maxima.begin(), maxima.end());
    Ends ends{percentile_of(minima, cut), percentile_of(maxima, 100 - cut)};
    if (ends.min > ends.max) {
      return Status(ErrorCode::kInvalidArgument,
                    "a percentile of " + std::to_string(merging.percentile) +
                        " leaves nothing of its ranges; give a smaller one",
                    "value '" + name + "'");
    }
    std::reverse(maxima.begin(), maxima.end());
    if (merging.enhance && minima.size() > 1) ends = enhanced(ends, minima, maxima);
    merged.push_back({name, {static_cast<float>(ends.min), static_cast<float>(ends.max)}});
  }
  return merged;
}

}  // namespace octavo
