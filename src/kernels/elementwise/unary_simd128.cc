// The functions that compilers do not vectorise by themselves; their plain twins are in
// base/real_math.h.
#include "kernels/elementwise/real_math_simd128.h"
#include "kernels/elementwise/unary.h"
#include "kernels/softmax/softmax.h"

namespace octavo {

void erf_f32(const float* x, float* y, int64_t n, const float*) { map_floats(x, y, n, erf_of); }
void exp_f32(const float* x, float* y, int64_t n, const float*) { map_floats(x, y, n, exp_of); }
void tanh_f32(const float* x, float* y, int64_t n, const float*) { map_floats(x, y, n, tanh_of); }
void sigmoid_f32(const float* x, float* y, int64_t n, const float*) {
  map_floats(x, y, n, sigmoid_of);
}

void exp_minus_f32(const float* x, float* y, int64_t n, float subtrahend) {
  map_floats(x, y, n, [subtrahend](Floats v) { return exp_of(v - subtrahend); });
}

void gelu_f32(const float* x, float* y, int64_t n, const float*) {
  map_floats(x, y, n,
             [](Floats v) { return Floats(0.5f) * v * (Floats(1.0f) + erf_of(v * 0.70710678f)); });
}

void gelu_tanh_f32(const float* x, float* y, int64_t n, const float*) {
  map_floats(x, y, n, [](Floats v) {
    const Floats tanh = tanh_of(Floats(0.79788456f) * (v + Floats(0.044715f) * (v * v * v)));
    return Floats(0.5f) * v * (Floats(1.0f) + tanh);
  });
}

}  // namespace octavo
