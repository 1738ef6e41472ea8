// What the 8-bit operators share: reading QuantParams.
#pragma once

#include <cstdint>

#include "kernels/qbinary/qbinary.h"
#include "kernels/requant.h"
#include "runtime/op.h"

namespace octavo {

inline bool is_8bit(DType dtype) { return dtype == DType::kUint8 || dtype == DType::kInt8; }
inline bool is_signed(const QuantParams& quant) { return quant.dtype == DType::kInt8; }

// Parameters of a value that lowering gave one scale; kInternal where it did not.
Result<QuantParams> per_tensor_quant(const Value& value);
Requant requant_of(const QuantParams& quant);
QOperand operand_of(const QuantParams& quant);

// Scale and zero point of weights by output channel, also where one serves all.
std::vector<float> scales_of(const QuantParams& quant, size_t channels);
std::vector<int32_t> zero_points_of(const QuantParams& quant, size_t channels);

Status no_memory_for_weights();

}  // namespace octavo
