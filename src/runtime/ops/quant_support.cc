#include "runtime/ops/quant_support.h"

namespace octavo {

Result<QuantParams> per_tensor_quant(const Value& value) {
  if (value.quant && value.quant->per_tensor() && is_8bit(value.quant->dtype)) return *value.quant;
  return Status(ErrorCode::kInternal, "value '" + value.name + "' was lowered without one scale");
}

Requant requant_of(const QuantParams& quant) {
  return {quant.zero_point[0], quant.qmin, quant.qmax};
}

QOperand operand_of(const QuantParams& quant) {
  return {quant.scale[0], quant.zero_point[0], is_signed(quant)};
}

std::vector<float> scales_of(const QuantParams& quant, size_t channels) {
  return quant.per_tensor() ? std::vector<float>(channels, quant.scale[0]) : quant.scale;
}

std::vector<int32_t> zero_points_of(const QuantParams& quant, size_t channels) {
  return quant.per_tensor() ? std::vector<int32_t>(channels, quant.zero_point[0])
                            : quant.zero_point;
}

Status no_memory_for_weights() {
  return {ErrorCode::kOutOfMemory, "no memory for the node's weights; use a smaller model"};
}

}  // namespace octavo
