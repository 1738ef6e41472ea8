// Local response normalization across channels, (N, C, ...) layout.
#include <algorithm>
#include <cmath>

#include "base/real_math.h"
#include "runtime/ops/support.h"

namespace octavo {
namespace {

struct Lrn {
  int64_t size;
  float alpha, beta, bias;
};

// v^-beta; the usual betas from square roots, which are exact and fast.
float inverse_power(float v, float beta) {
  if (beta == 0.75f) return 1.0f / (std::sqrt(v) * std::sqrt(std::sqrt(v)));
  if (beta == 0.5f) return 1.0f / std::sqrt(v);
  return real_pow(v, -beta);
}

// y = x / (bias + alpha / size * sum of squares of the `size` channels around it)^beta
Status run_lrn(RunContext& run, const Lrn& lrn) {
  const TensorView& x = run.inputs[0];
  if (x.shape.rank() < 2) return invalid_data("LRN wants (N, C, ...)");
  const int64_t channels = x.shape[1], n = x.shape.count(2, x.shape.rank());
  const int64_t before = (lrn.size - 1) / 2, after = lrn.size - 1 - before;
  std::vector<float> sums(static_cast<size_t>(n));
  for (int64_t image = 0; image < x.shape[0]; ++image) {
    const float* from = static_cast<const float*>(x.data) + image * channels * n;
    float* to = static_cast<float*>(run.outputs[0].data) + image * channels * n;
    for (int64_t c = 0; c < channels; ++c) {
      std::fill(sums.begin(), sums.end(), 0.0f);
      const int64_t last = std::min(c + after, channels - 1);
      for (int64_t k = std::max<int64_t>(c - before, 0); k <= last; ++k) {
        for (int64_t i = 0; i < n; ++i)
          sums[static_cast<size_t>(i)] += from[k * n + i] * from[k * n + i];
      }
      const float factor = lrn.alpha / static_cast<float>(lrn.size);
      for (int64_t i = 0; i < n; ++i) {
        const float v = lrn.bias + factor * sums[static_cast<size_t>(i)];
        to[c * n + i] = from[c * n + i] * inverse_power(v, lrn.beta);
      }
    }
  }
  return {};
}

}  // namespace

Result<RunFn> prepare_lrn(const PrepareContext& context) {
  const DType dtype = context.input(0).dtype;
  if (dtype != DType::kFloat32) return unsupported_dtype(context, dtype);
  const Attributes& attrs = context.node().attrs;
  const Lrn lrn{attrs.get_int("size", 1), attrs.get_float("alpha", 1e-4f),
                attrs.get_float("beta", 0.75f), attrs.get_float("bias", 1.0f)};
  if (lrn.size < 1 || lrn.size > 1 << 20) return invalid_data("LRN size must be at least 1");
  return RunFn([lrn](RunContext& run) { return run_lrn(run, lrn); });
}

}  // namespace octavo
