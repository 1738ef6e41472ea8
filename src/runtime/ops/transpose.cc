#include "kernels/copy/strided_copy.h"
#include "runtime/ops/support.h"

namespace octavo {
namespace {

// Output dimension i is input dimension perm[i]; without the attribute, reversed.
Result<std::vector<int>> permutation(const std::vector<int64_t>& perm, int rank) {
  std::vector<int> axes;
  std::vector<bool> seen(static_cast<size_t>(rank), false);
  for (int i = 0; i < rank; ++i) {
    if (!perm.empty() && perm.size() != seen.size()) break;
    OCTAVO_ASSIGN_OR_RETURN(
        const int axis,
        checked_axis(perm.empty() ? rank - 1 - i : perm[static_cast<size_t>(i)], rank));
    if (seen[static_cast<size_t>(axis)]) break;
    seen[static_cast<size_t>(axis)] = true;
    axes.push_back(axis);
  }
  if (axes.size() == seen.size()) return axes;
  return invalid_data("perm is no permutation of " + std::to_string(rank) + " dimensions");
}

}  // namespace

Result<RunFn> prepare_transpose(const PrepareContext& context) {
  const DType dtype = context.input(0).dtype;
  if (size_of(dtype) == 0) return unsupported_dtype(context, dtype);
  return RunFn([perm = context.node().attrs.get_ints("perm")](RunContext& run) -> Status {
    const TensorView& x = run.inputs[0];
    OCTAVO_ASSIGN_OR_RETURN(const auto axes, permutation(perm, x.shape.rank()));
    strided_copy(x.data, run.outputs[0].data, transpose_dims(x.shape.dims(), axes),
                 size_of(x.dtype));
    return {};
  });
}

}  // namespace octavo
