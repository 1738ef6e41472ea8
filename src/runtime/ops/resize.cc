// Resize by nearest, linear and cubic interpolation, one axis after another: the weights of several
// axes multiply. Any layout will do: the attribute axes tells which dimensions sizes and scales
// mean.
#include "kernels/resize/resize_axis.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "runtime/ops/support.h"

namespace octavo {
namespace {

constexpr size_t kScales = 2;
constexpr size_t kWeightedTaps = 4;

struct AxisSizes {
  float in, out, scale;
  int64_t inputs, outputs;  // in and out, exactly
};

// Where an output index lies on the input's axis.
using Coordinate = float (*)(float i, const AxisSizes& a);
struct CoordinateMode {
  const char* name;
  Coordinate of;
};
constexpr Coordinate kHalfPixel = [](float i, const AxisSizes& a) {
  return (i + 0.5f) / a.scale - 0.5f;
};
constexpr CoordinateMode kCoordinateModes[] = {
    {"half_pixel", kHalfPixel},
    {"pytorch_half_pixel",
     [](float i, const AxisSizes& a) { return a.out > 1.0f ? kHalfPixel(i, a) : 0.0f; }},
    {"half_pixel_symmetric",
     [](float i, const AxisSizes& a) {
       const float adjustment = a.out / (a.scale * a.in);
       return a.in * 0.5f * (1.0f - adjustment) + kHalfPixel(i, a);
     }},
    {"asymmetric", [](float i, const AxisSizes& a) { return i / a.scale; }},
    {"align_corners",
     [](float i, const AxisSizes& a) {
       return a.out == 1.0f ? 0.0f : i * (a.in - 1.0f) / (a.out - 1.0f);
     }},
    {"tf_half_pixel_for_nn", [](float i, const AxisSizes& a) { return (i + 0.5f) / a.scale; }},
};

using Rounding = float (*)(float);
struct NearestMode {
  const char* name;
  Rounding round;
};
constexpr NearestMode kNearestModes[] = {
    {"round_prefer_floor", [](float x) { return std::ceil(x - 0.5f); }},
    {"round_prefer_ceil", [](float x) { return std::floor(x + 0.5f); }},
    {"floor", [](float x) { return std::floor(x); }},
    {"ceil", [](float x) { return std::ceil(x); }},
};

enum class Mode { kNearest, kLinear, kCubic };

struct Method {
  Mode mode;
  Coordinate coordinate;
  Rounding round;
  float cubic_a;
  bool exclude_outside;
  std::vector<int64_t> axes;
};

int64_t cut(float x, int64_t extent) {  // NaN, of a senseless scale, becomes 0
  if (!(x > 0.0f)) return 0;
  return x < static_cast<float>(extent) ? std::min(static_cast<int64_t>(x), extent - 1)
                                        : extent - 1;
}

void add_linear(ResizeTaps& taps, float x, const AxisSizes& axis) {
  const float inside = std::clamp(x, 0.0f, axis.in - 1.0f), first = std::floor(inside);
  taps.index.insert(taps.index.end(), {cut(first, axis.inputs), cut(first + 1.0f, axis.inputs)});
  taps.weight.insert(taps.weight.end(), {1.0f - (inside - first), inside - first});
}

// Keys, "Cubic Convolution Interpolation for Digital Image Processing", 1981.
void add_cubic(ResizeTaps& taps, float x, const AxisSizes& axis, const Method& method) {
  const float a = method.cubic_a, first = std::floor(x), t = x - first;
  const auto near = [a](float d) { return ((a + 2.0f) * d - (a + 3.0f)) * d * d + 1.0f; };
  const auto far = [a](float d) { return ((a * d - 5.0f * a) * d + 8.0f * a) * d - 4.0f * a; };
  float weights[kWeightedTaps] = {far(t + 1.0f), near(t), near(1.0f - t), far(2.0f - t)};
  float sum = 0.0f;
  for (int k = 0; k < 4; ++k) {
    const float at = first + static_cast<float>(k - 1);
    if (method.exclude_outside && (at < 0.0f || at >= axis.in)) weights[k] = 0.0f;
    sum += weights[k];
    taps.index.push_back(cut(at, axis.inputs));
  }
  for (const float weight : weights) {
    taps.weight.push_back(method.exclude_outside ? weight / sum : weight);
  }
}

ResizeTaps make_taps(const Method& method, const AxisSizes& axis) {
  ResizeTaps taps;
  taps.width = method.mode == Mode::kNearest ? 1 : method.mode == Mode::kLinear ? 2 : 4;
  for (int64_t i = 0; i < axis.outputs; ++i) {
    const float x = method.coordinate(static_cast<float>(i), axis);
    if (method.mode == Mode::kNearest) taps.index.push_back(cut(method.round(x), axis.inputs));
    if (method.mode == Mode::kLinear) add_linear(taps, x, axis);
    if (method.mode == Mode::kCubic) add_cubic(taps, x, axis, method);
  }
  return taps;
}

// The scale that the input gives for a dimension of the tensor; else the quotient of the sizes.
float scale_of(const RunContext& run, const Method& method, int dim) {
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

std::vector<Pass> passes_of(const RunContext& run, const Method& method) {
  std::vector<Pass> passes;
  const Shape &x = run.inputs[0].shape, &y = run.outputs[0].shape;
  for (int dim = 0; dim < x.rank(); ++dim) {
    const AxisSizes axis{static_cast<float>(x[dim]), static_cast<float>(y[dim]),
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

Status run_resize(RunContext& run, const Method& method) {
  const TensorView &x = run.inputs[0], &y = run.outputs[0];
  if (y.count() == 0) return {};
  if (x.count() == 0) return invalid_data("Resize has nothing to enlarge");
  const std::vector<Pass> passes = passes_of(run, method);
  const size_t size = size_of(x.dtype);
  if (passes.empty()) {
    std::memcpy(y.data, x.data, x.bytes());
    return {};
  }
  // Two halves of the scratch hold what lies between passes, in turn.
  Shape shape = x.shape;
  size_t half = 0;
  for (const Pass& pass : passes) {
    shape[pass.dim] = y.shape[pass.dim];
    if (&pass != &passes.back()) half = std::max(half, static_cast<size_t>(shape.count()) * size);
  }
  std::byte* scratch = half != 0 ? run.scratch(2 * half) : nullptr;
  if (half != 0 && !scratch) return {ErrorCode::kOutOfMemory, "no memory between axes of a Resize"};
  const auto* from = static_cast<const std::byte*>(x.data);
  shape = x.shape;
  for (size_t i = 0; i < passes.size(); ++i) {
    std::byte* to =
        i + 1 == passes.size() ? static_cast<std::byte*>(y.data) : scratch + i % 2 * half;
    run_pass(passes[i], from, to, shape, size);
    shape[passes[i].dim] = y.shape[passes[i].dim];
    from = to;
  }
  return {};
}

template <typename Table>
auto find_mode(const Table& table, const std::string& name) {
  return std::find_if(std::begin(table), std::end(table),
                      [&](const auto& one) { return one.name == name; });
}

}  // namespace

Result<RunFn> prepare_resize(const PrepareContext& context) {
  const Attributes& attrs = context.node().attrs;
  const DType dtype = context.input(0).dtype;
  const std::string mode = attrs.get_string("mode", "nearest");
  const std::string coordinate = attrs.get_string("coordinate_transformation_mode", "half_pixel");
  const std::string nearest = attrs.get_string("nearest_mode", "round_prefer_floor");
  const auto coordinate_mode = find_mode(kCoordinateModes, coordinate);
  const auto nearest_mode = find_mode(kNearestModes, nearest);
  if (mode != "nearest" && mode != "linear" && mode != "cubic") {
    return unsupported("Resize in mode '" + mode + "'");
  }
  if (coordinate_mode == std::end(kCoordinateModes)) {
    return unsupported("Resize with coordinates '" + coordinate + "'");
  }
  if (nearest_mode == std::end(kNearestModes)) {
    return unsupported("Resize with rounding '" + nearest + "'");
  }
  if (attrs.get_int("antialias", 0) != 0) return unsupported("Resize with antialias");
  if (size_of(dtype) == 0 || (mode != "nearest" && dtype != DType::kFloat32)) {
    return unsupported_dtype(context, dtype);
  }
  const Method method{mode == "nearest"  ? Mode::kNearest
                      : mode == "linear" ? Mode::kLinear
                                         : Mode::kCubic,
                      coordinate_mode->of,
                      nearest_mode->round,
                      attrs.get_float("cubic_coeff_a", -0.75f),
                      attrs.get_int("exclude_outside", 0) != 0,
                      attrs.get_ints("axes")};
  return RunFn([method](RunContext& run) { return run_resize(run, method); });
}

}  // namespace octavo
