// y = x * w + bias on the last dimension of x; w is (N, K), or (K, N) without attribute transB. The
// output is 8 bits, or float where no QuantizeLinear follows.
#include <memory>

#include "runtime/ops/op_memory.h"
#include "runtime/ops/qgemm_rows.h"
#include "runtime/ops/quant_support.h"

namespace octavo {
namespace {

struct QLinearGemm {
  std::shared_ptr<const QGemmWeights> weights;
  bool x_signed;
  bool to_floats;
  Requant out;

  Status operator()(RunContext& context) const {
    const auto rows = static_cast<size_t>(context.inputs[0].count()) / weights->k;
    if (rows == 0) return {};
    const auto* x = static_cast<const uint8_t*>(context.inputs[0].data);
    void* y = context.outputs[0].data;
    const size_t stride = weights->n;
    const auto run = [&](size_t begin, size_t count, std::byte* scratch) {
      run_qgemm(*weights, count, x_signed, reinterpret_cast<uint8_t*>(scratch),
                DenseRows(x + begin * weights->k, count, weights->k, weights->k),
                [&](size_t m, size_t n, const QGemmPanel& panel) {
                  const size_t first = (begin + m) * stride + n;
                  if (to_floats) {
                    weights->kernel->to_floats(panel, static_cast<float*>(y) + first, stride);
                  } else {
                    weights->kernel->to_bytes(panel, out, static_cast<uint8_t*>(y) + first, stride);
                  }
                });
    };
    return run_row_parts(context, *weights, rows, qgemm_block_bytes(*weights), run);
  }
};

}  // namespace

Result<RunFn> prepare_qlinear_gemm(const PrepareContext& context) {
  OCTAVO_ASSIGN_OR_RETURN(const QuantParams x, per_tensor_quant(context.input(0)));
  const QuantParams& w = *context.input(1).quant;
  OCTAVO_ASSIGN_OR_RETURN(const Tensor* constant, context.constant(1));
  OCTAVO_ASSIGN_OR_RETURN(const Tensor* bias, context.constant(2));
  const Tensor& tensor = *constant;
  const bool transposed = context.node().attrs.get_int("transB", 0) != 0;
  const auto n = static_cast<size_t>(tensor.shape()[transposed ? 0 : 1]);
  const auto k = static_cast<size_t>(tensor.shape()[transposed ? 1 : 0]);

  const bool to_floats = context.output(0).dtype == DType::kFloat32;
  QuantParams y{.scale = {1.0f}, .zero_point = {0}};
  if (!to_floats) {
    OCTAVO_ASSIGN_OR_RETURN(y, per_tensor_quant(context.output(0)));
  }
  std::vector<float> multiplier;
  for (const float scale : scales_of(w, n)) {
    multiplier.push_back(x.scale[0] * scale / y.scale[0]);
  }
  const std::vector<int32_t> zero_point = zero_points_of(w, n);
  auto weights = std::make_shared<const QGemmWeights>(pack_weights(
      {n, k, static_cast<const uint8_t*>(tensor.data()), transposed ? k : 1, k, transposed ? 1 : n,
       0, is_signed(w), zero_point.data(), bias ? bias->values<int32_t>().data() : nullptr,
       multiplier.data(), is_signed(x), x.zero_point[0]},
      context.isa()));
  if (!weights->packed) return no_memory_for_weights();
  for (const size_t input : {1, 2}) context.mark_packed(input);
  return RunFn(QLinearGemm{std::move(weights), is_signed(x), to_floats, requant_of(y)});
}

}  // namespace octavo
