#include "kernels/softmax/softmax.h"

#include "base/real_math.h"
#include "kernels/reduce/reduce.h"

namespace octavo {

void softmax_f32(const float* x, float* y, int64_t n) {
  const float largest = max_f32(x, n);
  exp_minus_f32(x, y, n, largest);
  const float sum = sum_f32(y, n);
  for (int64_t i = 0; i < n; ++i) y[i] = y[i] / sum;
}

void log_softmax_f32(const float* x, float* y, int64_t n) {
  const float largest = max_f32(x, n);
  float partial[4] = {};  // the order of sum_f32
  for (int64_t i = 0; i < n; ++i) partial[i & 3] += real_exp(x[i] - largest);
  const float log_sum = real_log((partial[0] + partial[2]) + (partial[1] + partial[3]));
  for (int64_t i = 0; i < n; ++i) y[i] = (x[i] - largest) - log_sum;
}

}  // namespace octavo
