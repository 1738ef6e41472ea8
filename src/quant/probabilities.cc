#include "quant/probabilities.h"

#include <algorithm>
#include <cmath>

#include "base/real_math.h"

namespace octavo {
namespace {

constexpr double kLeast = 1e-7;

void normalize_sum(std::vector<double>& values) {
  double sum = 0;
  for (const double x : values) sum += x;
  const bool sensible = sum > 0 && std::isfinite(sum);
  for (double& x : values) x = sensible ? x / sum : 1.0 / static_cast<double>(values.size());
}

}  // namespace

bool are_probabilities(std::span<const float> scores) {
  double sum = 0;
  for (const float x : scores) {
    if (!(x >= 0 && x <= 1.001f)) return false;
    sum += x;
  }
  return std::fabs(sum - 1) < 0.01;
}

std::vector<double> to_probabilities(std::span<const float> scores, bool already) {
  std::vector<double> values(scores.begin(), scores.end());
  if (!already) {
    const float most = *std::max_element(scores.begin(), scores.end());
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<double>(real_exp(scores[i] - most));
    }
  }
  normalize_sum(values);
  return values;
}

double kl_divergence(std::span<const double> p, std::span<const double> q) {
  double sum = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    const double ratio = p[i] / std::max(q[i], kLeast);
    if (p[i] > 0) sum += p[i] * static_cast<double>(real_log(static_cast<float>(ratio)));
  }
  return std::max(sum, 0.0);
}

}  // namespace octavo
