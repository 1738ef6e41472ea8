#include "quant/round_weights.h"

#include <algorithm>
#include <cmath>

#include "base/rounding.h"

namespace octavo {
namespace {

struct Rounded {
  size_t place;  // in the tensor
  int32_t q;
  double error;  // q minus the exact quotient
};

// Largest errors of this sign first; `step` undoes them.
void move_by(int32_t step, int64_t moves, const QuantParams& params,
             std::vector<Rounded>& channel) {
  const auto undone_first = [&](const Rounded& a, const Rounded& b) {
    const double x = a.error * step, y = b.error * step;
    return x != y ? x < y : a.place < b.place;
  };
  const auto end = channel.begin() + std::min<int64_t>(moves, std::ssize(channel));
  std::partial_sort(channel.begin(), end, channel.end(), undone_first);
  for (auto weight = channel.begin(); weight != end; ++weight) {
    weight->q = std::clamp(weight->q + step, params.qmin, params.qmax);
  }
}

void balance(const QuantParams& params, std::vector<Rounded>& channel) {
  double sum = 0;
  for (const Rounded& weight : channel) sum += weight.error;
  const auto excess = static_cast<int64_t>(std::nearbyint(sum));
  if (excess != 0) move_by(excess > 0 ? -1 : 1, std::abs(excess), params, channel);
}

}  // namespace

Tensor round_weights(const Tensor& weights, const QuantParams& params) {
  const Shape& shape = weights.shape();
  const int64_t channels = shape[params.axis];
  const int64_t outer = shape.count(0, params.axis);
  const int64_t inner = shape.count(params.axis + 1, shape.rank());
  const std::span<const float> values = weights.values<float>();
  std::vector<int8_t> integers(values.size());
  std::vector<Rounded> channel;
  for (int64_t c = 0; c < channels; ++c) {
    const float scale = params.scale[params.per_tensor() ? 0 : static_cast<size_t>(c)];
    channel.clear();
    for (int64_t o = 0; o < outer; ++o) {
      for (int64_t i = 0; i < inner; ++i) {
        const auto place = static_cast<size_t>((o * channels + c) * inner + i);
        const int32_t q = quantize_value(values[place], scale, 0, params.qmin, params.qmax);
        channel.push_back({place, q, q - static_cast<double>(values[place]) / scale});
      }
    }
    balance(params, channel);
    for (const Rounded& weight : channel) integers[weight.place] = static_cast<int8_t>(weight.q);
  }
  return Tensor::from(integers, shape);
}

}  // namespace octavo
