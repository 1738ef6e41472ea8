#include "runtime/ops/recurrent_dynamic.h"

#include "runtime/ops/op_memory.h"
#include "runtime/ops/support.h"

namespace octavo {
namespace {

// The part of direction `d` of a constant that holds the same for each.
template <typename T>
std::span<const T> part_of(const Tensor& constant, size_t directions, size_t d) {
  const size_t count = static_cast<size_t>(constant.count()) / directions;
  return {static_cast<const T*>(constant.data()) + d * count, count};
}

std::vector<int32_t> zero_points_of(const Tensor* constant, size_t directions, size_t d,
                                    size_t rows) {
  if (!constant) return std::vector<int32_t>(rows, 0);
  return spread_zero_points(part_of<uint8_t>(*constant, directions, d),
                            constant->dtype() == DType::kInt8, rows);
}

}  // namespace

uint64_t DynamicProduct::scratch_bytes(uint64_t steps) const {
  return align_up(steps * inputs()) + align_up(rows() * sizeof(float)) +
         dynamic_gemm_scratch(*weights);
}

void DynamicProduct::run(size_t steps, const float* x, const float* addend, float* y,
                         std::byte* scratch) const {
  const size_t count = steps * inputs();
  auto* const bytes = reinterpret_cast<uint8_t*>(scratch);
  auto* const scales = reinterpret_cast<float*>(scratch + align_up(count));
  std::byte* const rest = scratch + align_up(count) + align_up(rows() * sizeof(float));
  const DynamicScale found = dynamic_scale(convert->range(count, x));
  convert->quantize(count, x, found.scale, {found.zero_point, 0, 255}, bytes);
  for (size_t i = 0; i < scale.size(); ++i) scales[i] = found.scale * scale[i];
  run_dynamic_gemm(
      *weights,
      {steps, bytes, {found.zero_point, scales, scale.size() == 1 ? size_t{0} : 1, addend, 1}, y},
      rest);
}

Result<DynamicProduct> prepare_dynamic_product(const PrepareContext& context, size_t weights,
                                               size_t scale, size_t d) {
  OCTAVO_ASSIGN_OR_RETURN(const Tensor* w, context.constant(weights));
  OCTAVO_ASSIGN_OR_RETURN(const Tensor* scales, context.constant(scale));
  OCTAVO_ASSIGN_OR_RETURN(const Tensor* zero_point, context.constant(scale + 1));
  if (!w || !scales || (context.has_input(scale + 1) && !zero_point)) {
    return unsupported("DynamicQuantizeLSTM with weights that are not constant");
  }
  const auto directions = static_cast<size_t>(w->shape()[0]);
  const auto k = static_cast<size_t>(w->shape()[1]), rows = static_cast<size_t>(w->shape()[2]);
  const std::span<const float> of_direction = part_of<float>(*scales, directions, d);
  DynamicProduct product;
  product.scale.assign(of_direction.begin(), of_direction.end());
  product.convert = &qconvert_kernel(context.isa());
  OCTAVO_ASSIGN_OR_RETURN(
      product.weights, pack_dynamic_gemm({rows, k, part_of<uint8_t>(*w, directions, d).data(),
                                          w->dtype() == DType::kInt8,
                                          zero_points_of(zero_point, directions, d, rows), false},
                                         context.isa()));
  for (const size_t input : {weights, scale, scale + 1}) context.mark_packed(input);
  return product;
}

}  // namespace octavo
