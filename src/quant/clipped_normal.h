// The normal distribution behind a Relu or Clip, as in Nagel et al., "Data-Free Quantization
// Through Weight Equalization and Bias Correction" (2019), section 4.2.1 and appendix C.
#pragma once

#include "quant/range.h"

namespace octavo {

struct Moments {
  double mean = 0, variance = 0;
};

// Of clamp(x, bounds.min, bounds.max), x normal with these moments; bounds may be infinite. The
// same bits on every machine, to about seven digits.
Moments clipped(const Moments& normal, Range bounds);

}  // namespace octavo
