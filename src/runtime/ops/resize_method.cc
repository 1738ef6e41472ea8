#include "runtime/ops/resize_method.h"

#include <algorithm>
#include <cmath>

namespace octavo {
namespace {

constexpr size_t kWeightedTaps = 4;

// Where an output index lies on the input's axis.
using Coordinate = float (*)(float i, const ResizeAxis& a);
struct CoordinateMode {
  const char* name;
  Coordinate of;
};
constexpr Coordinate kHalfPixel = [](float i, const ResizeAxis& a) {
  return (i + 0.5f) / a.scale - 0.5f;
};
constexpr CoordinateMode kCoordinateModes[] = {
    {"half_pixel", kHalfPixel},
    {"pytorch_half_pixel",
     [](float i, const ResizeAxis& a) { return a.out > 1.0f ? kHalfPixel(i, a) : 0.0f; }},
    {"half_pixel_symmetric",
     [](float i, const ResizeAxis& a) {
       const float adjustment = a.out / (a.scale * a.in);
       return a.in * 0.5f * (1.0f - adjustment) + kHalfPixel(i, a);
     }},
    {"asymmetric", [](float i, const ResizeAxis& a) { return i / a.scale; }},
    {"align_corners",
     [](float i, const ResizeAxis& a) {
       return a.out == 1.0f ? 0.0f : i * (a.in - 1.0f) / (a.out - 1.0f);
     }},
    {"tf_half_pixel_for_nn", [](float i, const ResizeAxis& a) { return (i + 0.5f) / a.scale; }},
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

struct InterpolationMode {
  const char* name;
  ResizeMode mode;
};
constexpr InterpolationMode kModes[] = {{"nearest", ResizeMode::kNearest},
                                        {"linear", ResizeMode::kLinear},
                                        {"cubic", ResizeMode::kCubic}};

// The entry that an attribute names; a Status where there is none.
template <typename Table>
auto find_mode(const Table& table, const Attributes& attrs, const char* attribute,
               const char* fallback) -> Result<std::remove_cvref_t<decltype(table[0])>> {
  const std::string name = attrs.get_string(attribute, fallback);
  const auto found = std::find_if(std::begin(table), std::end(table),
                                  [&](const auto& one) { return one.name == name; });
  if (found != std::end(table)) return *found;
  return unsupported(std::string("Resize with ") + attribute + " '" + name + "'");
}

int64_t cut(float x, int64_t extent) {  // NaN, of a senseless scale, becomes 0
  if (!(x > 0.0f)) return 0;
  return x < static_cast<float>(extent) ? std::min(static_cast<int64_t>(x), extent - 1)
                                        : extent - 1;
}

void add_linear(ResizeTaps& taps, float x, const ResizeAxis& axis) {
  const float inside = std::clamp(x, 0.0f, axis.in - 1.0f), first = std::floor(inside);
  taps.index.insert(taps.index.end(), {cut(first, axis.inputs), cut(first + 1.0f, axis.inputs)});
  taps.weight.insert(taps.weight.end(), {1.0f - (inside - first), inside - first});
}

// Keys, "Cubic Convolution Interpolation for Digital Image Processing", 1981.
void add_cubic(ResizeTaps& taps, float x, const ResizeAxis& axis, const ResizeMethod& method) {
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

}  // namespace

Result<ResizeMethod> read_resize_method(const Attributes& attrs) {
  OCTAVO_ASSIGN_OR_RETURN(const auto mode, find_mode(kModes, attrs, "mode", "nearest"));
  OCTAVO_ASSIGN_OR_RETURN(
      const auto coordinate,
      find_mode(kCoordinateModes, attrs, "coordinate_transformation_mode", "half_pixel"));
  OCTAVO_ASSIGN_OR_RETURN(const auto nearest,
                          find_mode(kNearestModes, attrs, "nearest_mode", "round_prefer_floor"));
  if (attrs.get_int("antialias", 0) != 0) return unsupported("Resize with antialias");
  return ResizeMethod{mode.mode,
                      coordinate.of,
                      nearest.round,
                      attrs.get_float("cubic_coeff_a", -0.75f),
                      attrs.get_int("exclude_outside", 0) != 0,
                      attrs.get_ints("axes")};
}

ResizeTaps make_taps(const ResizeMethod& method, const ResizeAxis& axis) {
  ResizeTaps taps;
  taps.width = method.mode == ResizeMode::kNearest ? 1 : method.mode == ResizeMode::kLinear ? 2 : 4;
  for (int64_t i = 0; i < axis.outputs; ++i) {
    const float x = method.coordinate(static_cast<float>(i), axis);
    if (method.mode == ResizeMode::kNearest)
      taps.index.push_back(cut(method.round(x), axis.inputs));
    if (method.mode == ResizeMode::kLinear) add_linear(taps, x, axis);
    if (method.mode == ResizeMode::kCubic) add_cubic(taps, x, axis, method);
  }
  return taps;
}

}  // namespace octavo
