// real = scale * (q - zero_point), per tensor or per index of one axis.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/dtype.h"

namespace octavo {

struct QuantParams {
  std::vector<float> scale;         // > 0; size 1 is per tensor
  std::vector<int32_t> zero_point;  // same size as scale; within qmin..qmax
  int axis = 0;                     // read only where scale.size() > 1
  DType dtype = DType::kUint8;      // kUint8, kInt8, kInt16 or kInt32
  int32_t qmin = 0;                 // the integer range in use: narrower than dtype's where asked
  int32_t qmax = 255;

  bool per_tensor() const { return scale.size() == 1; }
  bool operator==(const QuantParams&) const = default;
};

}  // namespace octavo
