// y[i] = f(x[i]) for the float functions of one element. x and y may be the same. One plain loop
// each, which compilers vectorise; those of exp and its like have vectors written out. p points at
// two floats, the parameters of those functions that have some.
#pragma once

#include <cstdint>

namespace octavo {

using UnaryF32 = void (*)(const float* x, float* y, int64_t n, const float* p);

void abs_f32(const float* x, float* y, int64_t n, const float* p);
void ceil_f32(const float* x, float* y, int64_t n, const float* p);
void clamp_f32(const float* x, float* y, int64_t n, const float* p);  // p: least, most; keeps NaN
void cos_f32(const float* x, float* y, int64_t n, const float* p);
void elu_f32(const float* x, float* y, int64_t n, const float* p);  // p: alpha
void erf_f32(const float* x, float* y, int64_t n, const float* p);
void exp_f32(const float* x, float* y, int64_t n, const float* p);
void floor_f32(const float* x, float* y, int64_t n, const float* p);
void gelu_f32(const float* x, float* y, int64_t n, const float* p);
void gelu_tanh_f32(const float* x, float* y, int64_t n, const float* p);
void hard_sigmoid_f32(const float* x, float* y, int64_t n, const float* p);  // p: alpha, beta
void hard_swish_f32(const float* x, float* y, int64_t n, const float* p);
void leaky_relu_f32(const float* x, float* y, int64_t n, const float* p);  // p: alpha
void log_f32(const float* x, float* y, int64_t n, const float* p);
void neg_f32(const float* x, float* y, int64_t n, const float* p);
void reciprocal_f32(const float* x, float* y, int64_t n, const float* p);
void relu_f32(const float* x, float* y, int64_t n, const float* p);
void round_f32(const float* x, float* y, int64_t n, const float* p);  // halves to even
void sigmoid_f32(const float* x, float* y, int64_t n, const float* p);
void sign_f32(const float* x, float* y, int64_t n, const float* p);
void sin_f32(const float* x, float* y, int64_t n, const float* p);
void softplus_f32(const float* x, float* y, int64_t n, const float* p);
void softsign_f32(const float* x, float* y, int64_t n, const float* p);
void sqrt_f32(const float* x, float* y, int64_t n, const float* p);
void tanh_f32(const float* x, float* y, int64_t n, const float* p);

}  // namespace octavo
