// Over one row; x and y may be the same. The largest element is subtracted first, so nothing
// overflows.
#pragma once

#include <cstdint>

namespace octavo {

void softmax_f32(const float* x, float* y, int64_t n);                      // e^x / sum e^x
void exp_minus_f32(const float* x, float* y, int64_t n, float subtrahend);  // e^(x - subtrahend)
void log_softmax_f32(const float* x, float* y, int64_t n);                  // x - log(sum e^x)

}  // namespace octavo
