// The k largest (or smallest) elements of each line and their indices, best first, the lower index
// first among equals. NaN counts as the smallest.
#include <algorithm>
#include <numeric>

#include "runtime/ops/lines.h"

namespace octavo {
namespace {

template <typename T>
bool is_before(T a, T b, bool largest) {
  const bool a_is_nan = a != a, b_is_nan = b != b;
  if (a_is_nan || b_is_nan) return largest ? !a_is_nan : !b_is_nan;
  return largest ? a > b : a < b;
}

template <typename T>
Status run_top_k(RunContext& run, int64_t axis_attribute, bool largest) {
  const TensorView &x = run.inputs[0], &y = run.outputs[0];
  OCTAVO_ASSIGN_OR_RETURN(const int axis, checked_axis(axis_attribute, x.shape.rank()));
  const Lines lines(x.shape, axis);
  const int64_t k = y.shape[axis];
  if (k > lines.length || y.count() != lines.outer * k * lines.stride) {
    return invalid_data("TopK of " + std::to_string(k) + " out of " + std::to_string(lines.length));
  }
  auto* values = static_cast<T*>(y.data);
  auto* indices = run.outputs.size() > 1 ? static_cast<int64_t*>(run.outputs[1].data) : nullptr;
  std::vector<int64_t> order(static_cast<size_t>(lines.length));
  for (int64_t i = 0; i < lines.outer; ++i) {
    for (int64_t j = 0; j < lines.stride; ++j) {
      const T* line = static_cast<const T*>(x.data) + i * lines.length * lines.stride + j;
      std::iota(order.begin(), order.end(), int64_t{0});
      std::partial_sort(order.begin(), order.begin() + k, order.end(), [&](int64_t a, int64_t b) {
        const T left = line[a * lines.stride], right = line[b * lines.stride];
        if (is_before(left, right, largest)) return true;
        return !is_before(right, left, largest) && a < b;
      });
      for (int64_t n = 0; n < k; ++n) {
        const int64_t to = (i * k + n) * lines.stride + j;
        values[to] = line[order[static_cast<size_t>(n)] * lines.stride];
        if (indices) indices[to] = order[static_cast<size_t>(n)];
      }
    }
  }
  return {};
}

}  // namespace

Result<RunFn> prepare_top_k(const PrepareContext& context) {
  using Run = Status (*)(RunContext&, int64_t, bool);
  const Attributes& attrs = context.node().attrs;
  const DType dtype = context.input(0).dtype;
  const Run run =
      pick<Run>(dtype, NumericTypes{}, []<typename T>() -> Run { return run_top_k<T>; });
  if (!run) return unsupported_dtype(context, dtype);
  if (context.node().outputs[0] == kNoValue) return unsupported("TopK without its values");
  const int64_t axis = attrs.get_int("axis", -1);
  const bool largest = attrs.get_int("largest", 1) != 0;
  return RunFn([=](RunContext& run_context) { return run(run_context, axis, largest); });
}

}  // namespace octavo
