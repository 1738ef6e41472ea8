#include "quant/weight_methods.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "base/rounding.h"
#include "quant/observer.h"

namespace octavo {
namespace {

constexpr size_t kLanes = 16;  // sums side by side: what compilers turn into vectors

float max_abs(std::span<const float> weights, int32_t, const Recipe&) {
  const Range ends = extremes_of(weights);
  return std::max(-ends.min, ends.max);
}

float rounded(float w, float scale, float qmax) {
  return std::clamp(round_half_even(w / scale), -qmax, qmax);
}

// The sum of term(w) over all weights, in an order that depends on their number alone.
template <typename Term>
double sum_of(std::span<const float> weights, const Term& term) {
  std::array<double, kLanes> sums{};
  const size_t whole = weights.size() / kLanes * kLanes;
  for (size_t i = 0; i < whole; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) sums[lane] += term(weights[i + lane]);
  }
  for (size_t i = whole; i < weights.size(); ++i) sums[i - whole] += term(weights[i]);
  double sum = 0;
  for (const double part : sums) sum += part;
  return sum;
}

// A grid search, as in Nagel et al., "A White Paper on Neural Network Quantization" (2021), 3.1:
// of k / 128 of the largest magnitude, k = 128..32, the one whose squared error of rounding and
// cutting is least; the largest of equals.
float mse(std::span<const float> weights, int32_t qmax, const Recipe& recipe) {
  constexpr int kMost = 128, kFewest = 32;
  const float largest = max_abs(weights, qmax, recipe), integers = static_cast<float>(qmax);
  float best = largest;
  double least = std::numeric_limits<double>::infinity();
  for (int k = kMost; k >= kFewest && largest > 0; --k) {
    const float magnitude = largest * (static_cast<float>(k) / kMost), scale = magnitude / integers;
    const double error = sum_of(weights, [&](float w) {
      const float e = w - scale * rounded(w, scale, integers);
      return static_cast<double>(e * e);
    });
    if (error < least) {
      least = error;
      best = magnitude;
    }
  }
  return best;
}

// MNN's weight_quantize_method ADMM (tools/quantization/quantizeWeight.cpp): integers from the
// scale, then the scale of least squared error from the integers, in turn. MNN adds 1e-9 to what it
// divides by; here zeros alone are kept from that. Once a round changes nothing, none will.
float admm(std::span<const float> weights, int32_t qmax, const Recipe& recipe) {
  constexpr int kRounds = 1000;
  const float integers = static_cast<float>(qmax);
  float scale = max_abs(weights, qmax, recipe) / (integers * 1.25f);
  for (int round = 0; round < kRounds && scale > 0; ++round) {
    const double products = sum_of(
        weights, [&](float w) { return static_cast<double>(w * rounded(w, scale, integers)); });
    const double squares = sum_of(weights, [&](float w) {
      const float q = rounded(w, scale, integers);
      return static_cast<double>(q * q);
    });
    const float fitted = static_cast<float>(products / squares);
    if (!(fitted > 0) || fitted == scale) break;
    scale = fitted;
  }
  return scale * integers;
}

// Below which recipe.weight_percentile per cent of the magnitudes lie, linear between two of them
// (as numpy.percentile).
float percentile(std::span<const float> weights, int32_t, const Recipe& recipe) {
  std::vector<float> magnitudes(weights.begin(), weights.end());
  for (float& x : magnitudes) x = std::fabs(x);
  const double place = recipe.weight_percentile / 100 * static_cast<double>(magnitudes.size() - 1);
  const auto below = static_cast<int64_t>(place);
  const auto at = magnitudes.begin() + below;
  std::nth_element(magnitudes.begin(), at, magnitudes.end());
  const float low = *at;
  if (at + 1 == magnitudes.end()) return low;
  const float high = *std::min_element(at + 1, magnitudes.end());
  return static_cast<float>(low + (place - static_cast<double>(below)) * (high - low));
}

}  // namespace

std::span<const WeightMethod> weight_methods() {
  static constexpr WeightMethod kMethods[] = {
      {"max_abs", "the largest magnitude: nothing is cut", max_abs},
      {"mse", "the magnitude whose squared error, of rounding and of cutting, is least", mse},
      {"admm", "MNN's ADMM: scale and integers fitted to each other in turn", admm},
      {"percentile", "the magnitude that a given share of the weights stays below", percentile},
  };
  return kMethods;
}

const WeightMethod* find_weight_method(const std::string& name) {
  for (const WeightMethod& method : weight_methods()) {
    if (name == method.name) return &method;
  }
  return nullptr;
}

}  // namespace octavo
