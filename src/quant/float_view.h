// Activations of a plan as floats in (N, C, ...) order, whatever the plan keeps them as.
#pragma once

#include <span>
#include <vector>

#include "runtime/op.h"

namespace octavo {

// Float, or 8 bits with per-tensor Value::quant; false for all others.
bool read_floats(const Value& value, const TensorView& view, std::vector<float>& floats);
void write_floats(const Value& value, std::span<const float> floats, TensorView view);

}  // namespace octavo
