#include "quant/without_samples.h"

#include <cmath>

#include "quant/corrections/analytic_bias.h"
#include "quant/corrections/correction_list.h"
#include "quant/corrections/equalize.h"
#include "quant/fill_ranges.h"

namespace octavo {
namespace {

// Of what is equalized: less than ranges hold, because channels that come to the ceiling of a ReLU6
// cannot be equalized, and of most channels a few values do. Of 1.5, 2, 3, 4 and 6 this leaves the
// least KL divergence of MobileNet V1 0.25 per tensor.
constexpr double kSeenDeviations = 2;

// As if they had been observed.
ActivationStatistics observed(const Graph& graph, const Expectations& expected) {
  ActivationStatistics seen;
  for (const auto& [name, channels] : expected) {
    const auto& shape = graph.value(graph.find_value(name)).shape;
    if (!shape || shape->rank() < 2 || (*shape)[1] <= 0) continue;
    const auto count = static_cast<size_t>((*shape)[1]);
    if (count % channels.size() != 0) continue;
    ChannelStatistics& of = seen[name];
    for (size_t c = 0; c < count; ++c) {
      const Expected& one = channels[c * channels.size() / count];
      of.ranges.push_back({std::min(0.0f, static_cast<float>(one.low)),
                           std::max(0.0f, static_cast<float>(one.high))});
      of.energy.push_back(one.moments.variance + one.moments.mean * one.moments.mean);
    }
  }
  return seen;
}

void scale_moments(const ChannelFactors& factors, Normalized& normalized) {
  for (auto& [name, channels] : normalized) {
    const auto found = factors.find(name);
    if (found == factors.end() || found->second.size() != channels.size()) continue;
    for (size_t c = 0; c < channels.size(); ++c) {
      const int exponent = found->second[c];
      channels[c].mean = std::ldexp(channels[c].mean, -exponent);
      channels[c].variance = std::ldexp(channels[c].variance, -2 * exponent);
    }
  }
}

bool equalizes(const Recipe& recipe) {
  return recipe.weights == Granularity::kPerTensor && has_correction(recipe.corrections, kEqualize);
}

}  // namespace

Result<Tuned> tune_without_samples(const Graph& exact, const Calibration& calibration,
                                   const Recipe& recipe) {
  Tuned tuned;
  tuned.ranges = calibration.ranges;
  Normalized normalized = calibration.normalized;
  if (equalizes(recipe)) {
    OCTAVO_ASSIGN_OR_RETURN(const Expectations expected,
                            expect(exact, normalized, calibration.known, kSeenDeviations));
    std::vector<std::string> given;
    for (const auto& [name, range] : calibration.known) given.push_back(name);
    OCTAVO_ASSIGN_OR_RETURN(const ChannelFactors factors,
                            equalizing_factors(exact, observed(exact, expected), given));
    auto equalized = std::make_shared<Graph>(exact);
    scale_products(*equalized, factors);
    scale_moments(factors, normalized);
    OCTAVO_ASSIGN_OR_RETURN(tuned.ranges,
                            ranges_without_samples(*equalized, normalized, calibration.known));
    tuned.ranges = fill_ranges(*equalized, std::move(tuned.ranges));
    tuned.factors = factors_of_products(*equalized, factors);
    tuned.equalized = std::move(equalized);
  }
  const Graph& graph = tuned.equalized ? *tuned.equalized : exact;
  OCTAVO_ASSIGN_OR_RETURN(tuned.quantized, quantize(graph, tuned.ranges, recipe));
  if (has_correction(recipe.corrections, kAnalyticBias)) {
    OCTAVO_ASSIGN_OR_RETURN(const Expectations expected,
                            expect(graph, normalized, calibration.known));
    OCTAVO_ASSIGN_OR_RETURN(tuned.corrections,
                            correct_biases(graph, expected, tuned.quantized.graph));
  }
  return tuned;
}

}  // namespace octavo
