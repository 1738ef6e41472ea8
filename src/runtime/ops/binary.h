// Operators of two broadcast operands: each is a row function and this loop over rows.
#pragma once

#include "kernels/elementwise/binary_row.h"
#include "runtime/ops/support.h"

namespace octavo {

// y = row(a, b) over all rows; y's shape is the broadcast one. y may be a where a is not broadcast.
Status run_binary(BinaryRow row, const TensorView& a, const TensorView& b, const TensorView& y);

// The row of F<T> for the T of dtype; comparisons give bool, the others T.
template <template <typename> class F, typename Types>
BinaryRow binary_row_of(DType dtype) {
  return pick<BinaryRow>(dtype, Types{}, []<typename T>() -> BinaryRow {
    // Bools are read as bytes: a file may hold others than 0 and 1.
    using E = std::conditional_t<std::is_same_v<T, bool>, uint8_t, T>;
    return binary_row<F<E>, E, decltype(F<E>()(E{}, E{}))>;
  });
}

}  // namespace octavo
