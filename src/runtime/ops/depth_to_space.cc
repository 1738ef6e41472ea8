// DepthToSpace and SpaceToDepth: a transpose of the tensor seen with six dimensions.
#include "kernels/copy/strided_copy.h"
#include "runtime/ops/support.h"

namespace octavo {
namespace {

// (N, C, H, W) with C = b * b * c seen as (N, b, b, c, H, W) or, in CRD mode, (N, c, b, b, H, W)
//   -> (N, c, H, b, W, b) = (N, c, H * b, W * b)
Status run_depth_to_space(RunContext& run, int64_t b, bool crd) {
  const TensorView& x = run.inputs[0];
  if (x.shape.rank() != 4 || x.shape[1] % (b * b) != 0) {
    return invalid_data("DepthToSpace can not cut " + x.shape.to_string() + " into blocks of " +
                        std::to_string(b));
  }
  const int64_t n = x.shape[0], c = x.shape[1] / (b * b), h = x.shape[2], w = x.shape[3];
  const auto dims = crd ? transpose_dims({n, c, b, b, h, w}, {0, 1, 4, 2, 5, 3})
                        : transpose_dims({n, b, b, c, h, w}, {0, 3, 4, 1, 5, 2});
  strided_copy(x.data, run.outputs[0].data, dims, size_of(x.dtype));
  return {};
}

// (N, C, H * b, W * b) seen as (N, C, H, b, W, b) -> (N, b, b, C, H, W)
Status run_space_to_depth(RunContext& run, int64_t b) {
  const TensorView& x = run.inputs[0];
  if (x.shape.rank() != 4 || x.shape[2] % b != 0 || x.shape[3] % b != 0) {
    return invalid_data("SpaceToDepth can not cut " + x.shape.to_string() + " into blocks of " +
                        std::to_string(b));
  }
  const auto dims = transpose_dims({x.shape[0], x.shape[1], x.shape[2] / b, b, x.shape[3] / b, b},
                                   {0, 3, 5, 1, 2, 4});
  strided_copy(x.data, run.outputs[0].data, dims, size_of(x.dtype));
  return {};
}

}  // namespace

Result<RunFn> prepare_depth_to_space(const PrepareContext& context) {
  const Attributes& attrs = context.node().attrs;
  const DType dtype = context.input(0).dtype;
  const int64_t block = attrs.get_int("blocksize", 0);
  if (size_of(dtype) == 0) return unsupported_dtype(context, dtype);
  if (block < 1 || block > 4096) return invalid_data("blocksize must be in 1..4096");
  if (context.node().op == Op::kSpaceToDepth) {
    return RunFn([block](RunContext& run) { return run_space_to_depth(run, block); });
  }
  const bool crd = attrs.get_string("mode", "DCR") == "CRD";
  return RunFn([block, crd](RunContext& run) { return run_depth_to_space(run, block, crd); });
}

}  // namespace octavo
