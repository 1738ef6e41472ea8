// Elements of one dtype as another.
#pragma once

#include "graph/dtype.h"

#include <cstdint>

namespace octavo {

// y[i] = x[i] as `to`: integers wrap around, reals are cut towards zero and saturate (NaN is 0),
// bool is x != 0. False where one of the two is no type of numbers, or y would be float16.
bool convert(DType from, const void* x, DType to, void* y, int64_t n);

}  // namespace octavo
