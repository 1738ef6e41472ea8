// ArgMax and ArgMin: the first index of the extreme element of each line, or the last where asked.
#include "runtime/ops/lines.h"

namespace octavo {
namespace {

struct Choice {
  int64_t axis;
  bool largest;
  bool last;  // of equals
};

template <typename T>
int64_t best_index(const T* x, const Lines& lines, Choice choice) {
  int64_t best = 0;
  for (int64_t i = 1; i < lines.length; ++i) {
    const T candidate = x[i * lines.stride], leader = x[best * lines.stride];
    const bool better = choice.largest ? candidate > leader : candidate < leader;
    if (better || (choice.last && candidate == leader)) best = i;
  }
  return best;
}

template <typename T>
Status run_arg(RunContext& run, Choice choice) {
  const TensorView &x = run.inputs[0], &y = run.outputs[0];
  OCTAVO_ASSIGN_OR_RETURN(const int axis, checked_axis(choice.axis, x.shape.rank()));
  const Lines lines(x.shape, axis);
  if (y.count() != lines.outer * lines.stride || (lines.length == 0 && y.count() != 0)) {
    return invalid_data("no extreme along an axis of " + std::to_string(lines.length));
  }
  auto* to = static_cast<int64_t*>(y.data);
  lines.for_each(
      [&](int64_t at) { *to++ = best_index(static_cast<const T*>(x.data) + at, lines, choice); });
  return {};
}

}  // namespace

Result<RunFn> prepare_arg_reduce(const PrepareContext& context) {
  using Run = Status (*)(RunContext&, Choice);
  const Node& node = context.node();
  const DType dtype = context.input(0).dtype;
  const Run run = pick<Run>(dtype, NumericTypes{}, []<typename T>() -> Run { return run_arg<T>; });
  if (!run) return unsupported_dtype(context, dtype);
  const Choice choice{node.attrs.get_int("axis", 0), node.op == Op::kArgMax,
                      node.attrs.get_int("select_last_index", 0) != 0};
  return RunFn([run, choice](RunContext& run_context) { return run(run_context, choice); });
}

}  // namespace octavo
