// Arrays as text: numbers between blanks and ends of lines.
#pragma once

#include <string_view>

#include "graph/tensor.h"

namespace octavo {

// One of several dimensions that `shape` leaves open (kDynamic) follows from how many numbers there
// are; the first of two is a batch of one. kCalibrationData with the line, or the reason, where
// numbers and shape disagree, or a number is none of the dtype's.
Result<Tensor> read_text_array(std::string_view text, DType dtype, const Shape& shape);

// The same number everywhere; of up to 2^28 elements.
Result<Tensor> filled_array(double value, DType dtype, const Shape& shape);

}  // namespace octavo
