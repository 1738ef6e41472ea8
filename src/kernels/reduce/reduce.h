// Sums and extremes of rows of floats, always in this order: element i goes to partial result i mod
// 4 (i mod 8 for dot), and those are combined pairwise, s[j] with s[j + half]. The order is what a
// vector unit does anyway, so compilers vectorise the plain loops, and every machine gives the same
// bits.
#pragma once

#include <cstdint>

namespace octavo {

float sum_f32(const float* x, int64_t n);
float sum_abs_f32(const float* x, int64_t n);
float sum_squared_distance_f32(const float* x, int64_t n, float centre);  // sum (x - centre)^2
float max_f32(const float* x, int64_t n);  // -infinity for none; NaN wins
float min_f32(const float* x, int64_t n);  // infinity for none; NaN wins
float dot_f32(const float* a, const float* b, int64_t n);

}  // namespace octavo
