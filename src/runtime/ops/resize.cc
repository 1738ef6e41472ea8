// Resize by nearest, linear and cubic interpolation, one axis after another: the weights of several
// axes multiply. Any layout will do: the attribute axes tells which dimensions sizes and scales
// mean.
#include <algorithm>
#include <cstring>

#include "runtime/ops/op_memory.h"
#include "runtime/ops/resize_method.h"

namespace octavo {
namespace {

constexpr size_t kScales = 2;

// The scale that the input gives for a dimension of the tensor; else the quotient of the sizes.
float scale_of(const RunContext& run, const ResizeMethod& method, int dim) {
  const TensorView &x = run.inputs[0], &y = run.outputs[0];
  const int rank = x.shape.rank();
  const auto at = std::find_if(method.axes.begin(), method.axes.end(), [&](int64_t axis) {
    return (axis < 0 ? axis + rank : axis) == dim;
  });
  const int64_t index = method.axes.empty() ? dim : at - method.axes.begin();
  if (run.has_input(kScales) && index < run.inputs[kScales].count()) {
    return run.inputs[kScales].values<float>()[static_cast<size_t>(index)];
  }
  return static_cast<float>(y.shape[dim]) / static_cast<float>(x.shape[dim]);
}

struct Pass {
  int dim;
  ResizeTaps taps;
};

std::vector<Pass> passes_of(const RunContext& run, const ResizeMethod& method) {
  std::vector<Pass> passes;
  const Shape &x = run.inputs[0].shape, &y = run.outputs[0].shape;
  for (int dim = 0; dim < x.rank(); ++dim) {
    const ResizeAxis axis{static_cast<float>(x[dim]), static_cast<float>(y[dim]),
                          scale_of(run, method, dim), x[dim], y[dim]};
    if (x[dim] != y[dim] || axis.scale != 1.0f) passes.push_back({dim, make_taps(method, axis)});
  }
  return passes;
}

void run_pass(const Pass& pass, const std::byte* x, std::byte* y, const Shape& shape,
              size_t element_size) {
  const int64_t outer = shape.count(0, pass.dim), in = shape[pass.dim];
  const int64_t inner = shape.count(pass.dim + 1, shape.rank());
  if (pass.taps.width == 1) {
    resize_axis_nearest(x, y, pass.taps, outer, in, inner * static_cast<int64_t>(element_size));
  } else {
    resize_axis_f32(reinterpret_cast<const float*>(x), reinterpret_cast<float*>(y), pass.taps,
                    outer, in, inner);
  }
}

Status too_large() { return {ErrorCode::kOutOfMemory, "no memory between axes of a Resize"}; }

Status run_resize(RunContext& run, const ResizeMethod& method) {
  const TensorView &x = run.inputs[0], &y = run.outputs[0];
  if (y.count() == 0) return {};
  if (x.count() == 0) return invalid_data("Resize has nothing to enlarge");
  const std::vector<Pass> passes = passes_of(run, method);
  const size_t size = size_of(x.dtype);
  if (passes.empty()) {
    std::memcpy(y.data, x.data, x.bytes());
    return {};
  }
  // Two places in the scratch hold what lies between passes, in turn.
  Shape shape = x.shape;
  uint64_t half = 0;
  for (const Pass& pass : passes) {
    shape[pass.dim] = y.shape[pass.dim];
    const std::optional<int64_t> count = shape.element_count();
    if (!count) return too_large();  // between axes there may be more than before and after
    if (&pass != &passes.back()) half = std::max(half, static_cast<uint64_t>(*count) * size);
  }
  ScratchParts parts;
  const uint64_t places[] = {parts.add(half), parts.add(half)};
  std::byte* scratch = parts.allocate(run);
  if (!scratch) return too_large();
  const auto* from = static_cast<const std::byte*>(x.data);
  shape = x.shape;
  for (size_t i = 0; i < passes.size(); ++i) {
    std::byte* to =
        i + 1 == passes.size() ? static_cast<std::byte*>(y.data) : scratch + places[i % 2];
    run_pass(passes[i], from, to, shape, size);
    shape[passes[i].dim] = y.shape[passes[i].dim];
    from = to;
  }
  return {};
}

}  // namespace

Result<RunFn> prepare_resize(const PrepareContext& context) {
  const DType dtype = context.input(0).dtype;
  OCTAVO_ASSIGN_OR_RETURN(const ResizeMethod method, read_resize_method(context.node().attrs));
  const bool nearest = method.mode == ResizeMode::kNearest;
  if (size_of(dtype) == 0 || (!nearest && dtype != DType::kFloat32)) {
    return unsupported_dtype(context, dtype);
  }
  return RunFn([method](RunContext& run) { return run_resize(run, method); });
}

}  // namespace octavo
