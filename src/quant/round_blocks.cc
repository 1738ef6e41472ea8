#include "quant/round_blocks.h"

#include <algorithm>
#include <cmath>

#include "base/rounding.h"
#include "quant/params.h"

namespace octavo {
namespace {

constexpr int32_t kLeast = -8, kMost = 7;

int32_t rounded(float weight, float scale) {
  return quantize_value(weight, scale, 0, kLeast, kMost);
}

double square_error(std::span<const float> block, float scale) {
  double sum = 0;
  for (const float weight : block) {
    const double error = static_cast<double>(rounded(weight, scale)) * scale - weight;
    sum += error * error;
  }
  return sum;
}

// The scale by which the integers of `scale` come nearest to the weights.
float least_squares(std::span<const float> block, float scale) {
  double product = 0, square = 0;
  for (const float weight : block) {
    const double q = rounded(weight, scale);
    product += q * weight;
    square += q * q;
  }
  return square > 0 ? static_cast<float>(product / square) : scale;
}

float scale_of(std::span<const float> block) {
  float magnitude = 0;
  for (const float weight : block) magnitude = std::max(magnitude, std::fabs(weight));
  if (magnitude / kMost < kSmallestScale) return 1;
  float best = 0;
  double least = 0;
  const auto consider = [&](float scale) {
    const double error = square_error(block, scale);
    if (best != 0 && error >= least) return;
    best = scale;
    least = error;
  };
  constexpr int kCandidates = 41;
  for (int i = 0; i < kCandidates; ++i) {
    const auto scale = static_cast<float>(magnitude / (6.5 + 0.1 * i));
    consider(scale);
    consider(-scale);
  }
  consider(least_squares(block, best));
  return best;
}

// What is assumed of inputs: of the second moment of one, this much is its own, this much it shares
// with its neighbours in the channel, and beside these is the product of two means.
constexpr double kOwn = 0.4, kShared = 0.6, kMeans = 0.7;

struct Rounded {
  int32_t q;
  double scale;
  double error;  // of the weight, in reals
};

// Moves weights of an output channel by one step of their scale, each time the one that gains most,
// while the square error of the output falls.
void balance(std::vector<Rounded>& line, size_t taps) {
  double all = 0;  // sums of errors
  std::vector<double> of_channel((line.size() + taps - 1) / taps);
  for (size_t k = 0; k < line.size(); ++k) {
    all += line[k].error;
    of_channel[k / taps] += line[k].error;
  }
  for (size_t moves = 4 * line.size(); moves > 0; --moves) {  // far more than there ever are
    size_t best = 0;
    int32_t best_way = 0;
    double most = 0;
    for (size_t k = 0; k < line.size(); ++k) {
      const Rounded& weight = line[k];
      const double slope =
          2 * (kOwn * weight.error + kShared * of_channel[k / taps] + kMeans * all);
      const int32_t way = (slope > 0) == (weight.scale > 0) ? -1 : 1;
      const double step = way * weight.scale;
      const double gain = -(slope * step + (kOwn + kShared + kMeans) * step * step);
      if (weight.q + way < kLeast || weight.q + way > kMost || gain <= most) continue;
      most = gain;
      best = k;
      best_way = way;
    }
    if (best_way == 0) return;
    const double step = best_way * line[best].scale;
    line[best].q += best_way;
    line[best].error += step;
    of_channel[best / taps] += step;
    all += step;
  }
}

}  // namespace

BlockedWeights round_blocks(const Tensor& weights, int axis, int64_t block, int64_t taps) {
  const Shape& shape = weights.shape();
  const std::span<const float> values = weights.values<float>();
  const auto length = static_cast<size_t>(shape[axis]);
  const auto inner = static_cast<size_t>(shape.count(axis + 1, shape.rank()));
  const auto outer = static_cast<size_t>(shape.count(0, axis));
  const size_t step = std::min(static_cast<size_t>(block), length);
  BlockedWeights result;
  result.scale_shape = shape;
  result.scale_shape[axis] = blocks_in(shape[axis], block);
  result.scale.resize(static_cast<size_t>(result.scale_shape.count()));
  std::vector<std::byte> integers(values.size());
  std::vector<float> reals(length);
  std::vector<Rounded> line(length);
  const size_t blocks = static_cast<size_t>(result.scale_shape[axis]);
  for (size_t o = 0; o < outer; ++o) {
    for (size_t i = 0; i < inner; ++i) {
      const auto place = [&](size_t k) { return (o * length + k) * inner + i; };
      for (size_t k = 0; k < length; ++k) reals[k] = values[place(k)];
      for (size_t b = 0; b < blocks; ++b) {
        const size_t begin = b * step, end = std::min(begin + step, length);
        const float scale = scale_of(std::span(reals).subspan(begin, end - begin));
        result.scale[(o * blocks + b) * inner + i] = scale;
        for (size_t k = begin; k < end; ++k) {
          const int32_t q = rounded(reals[k], scale);
          line[k] = {q, scale, static_cast<double>(q) * scale - reals[k]};
        }
      }
      balance(line, static_cast<size_t>(taps));
      for (size_t k = 0; k < length; ++k) integers[place(k)] = static_cast<std::byte>(line[k].q);
    }
  }
  result.integers = Tensor(DType::kInt4, shape, Buffer::adopt(std::move(integers)));
  return result;
}

}  // namespace octavo
