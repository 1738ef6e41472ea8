// What the operators of this folder share: choosing by element type, walking broadcasts, errors.
#pragma once

#include <array>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "runtime/op.h"

namespace octavo {

template <typename... Ts>
struct TypeList {};
using RealTypes = TypeList<float, double>;
using IntegerTypes =
    TypeList<int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t, int64_t, uint64_t>;
using NumericTypes = TypeList<float, double, int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t,
                              int64_t, uint64_t>;
using AllTypes = TypeList<float, double, int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t,
                          int64_t, uint64_t, bool>;

// The function that `make.operator()<T>()` gives for the T of this dtype; null where the list has
// none.
template <typename Fn, typename Make, typename... Ts>
Fn pick(DType dtype, TypeList<Ts...>, Make make) {
  Fn found = nullptr;
  ((dtype_of<Ts>() == dtype ? void(found = make.template operator()<Ts>()) : void()), ...);
  return found;
}

// kModelUnsupported: "Mod does not run on bool"
Status unsupported_dtype(const PrepareContext& context, DType dtype);
Status unsupported(const std::string& sentence);
// Data of an input that makes no sense: an index out of range, a negative count.
Status invalid_data(const std::string& sentence);

// The axis attribute, or input, of a tensor of this rank; a Status where it is outside.
Result<int> checked_axis(int64_t axis, int rank);

// Integers of an input that is int32 or int64 (axes, sizes, indices); empty where it is left out.
std::vector<int64_t> integers_of(const RunContext& context, size_t input);

// Elements that may be passed over from one index of each dimension to the next.
std::vector<int64_t> dense_strides(const Shape& shape);

// One dimension of a walk over an output and the up to three operands that are broadcast to it.
struct BroadcastDim {
  int64_t extent;
  std::array<int64_t, 3> strides;  // of the operands, in elements; 0 where repeated
};

// The fewest dimensions that describe it, at least one; the last is the row. A Status where an
// operand does not fit the output.
Result<std::vector<BroadcastDim>> broadcast_dims(const Shape& output,
                                                 std::initializer_list<const Shape*> operands);

using Offsets = std::array<int64_t, 3>;

// row(y_offset, offsets) for each row of the output, in order.
template <typename Row>
void for_each_row(std::span<const BroadcastDim> dims, Row&& row) {
  int64_t rows = 1;
  for (size_t i = 0; i + 1 < dims.size(); ++i) rows *= dims[i].extent;
  std::vector<int64_t> index(dims.size(), 0);
  Offsets offsets{};
  for (int64_t r = 0; r < rows && dims.back().extent > 0; ++r) {
    row(r * dims.back().extent, offsets);
    for (size_t d = dims.size() - 1; d-- > 0;) {  // the odometer, last digit first
      const bool carry = ++index[d] == dims[d].extent;
      for (size_t k = 0; k < offsets.size(); ++k) {
        offsets[k] += dims[d].strides[k] * (carry ? 1 - dims[d].extent : 1);
      }
      if (!carry) break;
      index[d] = 0;
    }
  }
}

}  // namespace octavo
