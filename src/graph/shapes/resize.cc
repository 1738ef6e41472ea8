// Resize: sizes or scales, of all axes or of those that the attribute axes names.
#include <array>
#include <cmath>
#include <numeric>

#include "graph/shapes/shape_rule.h"

namespace octavo {
namespace {

constexpr size_t kScales = 2;
constexpr size_t kSizes = 3;

// An input that is there with no elements counts as left out: so files of opset 11 wrote it.
bool given(const ShapeContext& c, size_t i) { return c.has(i) && c.length(i) != 0; }

Result<std::vector<int>> named_axes(const ShapeContext& c, int rank) {
  const auto axes = c.attrs().get_ints("axes");
  std::vector<int> resolved(static_cast<size_t>(axes.empty() ? rank : 0));
  std::iota(resolved.begin(), resolved.end(), 0);
  for (const int64_t axis : axes) {
    const auto at = resolve_axis(axis, rank);
    if (!at) return contradiction("attribute axes names an axis that the input does not have");
    resolved.push_back(*at);
  }
  return resolved;
}

Status wrong_count(size_t count, size_t axes) {
  return contradiction(std::to_string(count) + " sizes or scales do not fit " +
                       std::to_string(axes) + " axes");
}

Status by_sizes(const ShapeContext& c, const std::vector<int>& axes, Shape& result) {
  const auto sizes = c.integers(kSizes);
  if (sizes && sizes->size() != axes.size()) return wrong_count(sizes->size(), axes.size());
  for (size_t i = 0; i < axes.size(); ++i) {
    const int64_t size = sizes ? (*sizes)[i] : kDynamic;
    if (sizes && size < 1) return contradiction("a size of " + std::to_string(size));
    result[axes[i]] = size;
  }
  return {};
}

// Like ONNX Runtime, in float: floor(dim * scale).
Status by_scales(const ShapeContext& c, const std::vector<int>& axes, Shape& result) {
  const Tensor* scales = c.constant(kScales);
  if (scales && scales->dtype() != DType::kFloat32) return contradiction("scales must be float32");
  const auto count = scales ? static_cast<size_t>(scales->count()) : axes.size();
  if (count != axes.size()) return wrong_count(count, axes.size());
  for (size_t i = 0; i < axes.size(); ++i) {
    int64_t& dim = result[axes[i]];
    if (!scales || dim == kDynamic) {
      dim = kDynamic;
      continue;
    }
    const float scaled = std::floor(static_cast<float>(dim) * scales->values<float>()[i]);
    if (!(scaled >= 0 && scaled <= 0x1p31f)) {  // NaN too
      return contradiction("a scale of " + std::to_string(scales->values<float>()[i]) +
                           " makes no sense");
    }
    dim = static_cast<int64_t>(scaled);
  }
  return {};
}

Status resize(const ShapeContext& c) {
  c.set(0, c.dtype(0), std::nullopt);
  const std::string policy = c.attrs().get_string("keep_aspect_ratio_policy", "stretch");
  if (policy != "stretch") {
    return {ErrorCode::kModelUnsupported,
            "keep_aspect_ratio_policy " + policy + " is not implemented, only stretch is"};
  }
  if (!given(c, kScales) && !given(c, kSizes)) return contradiction("neither sizes nor scales");
  if (!c.shape(0)) return {};
  Shape result = *c.shape(0);
  OCTAVO_ASSIGN_OR_RETURN(const auto axes, named_axes(c, result.rank()));
  OCTAVO_RETURN_IF_ERROR(given(c, kSizes) ? by_sizes(c, axes, result) : by_scales(c, axes, result));
  c.set(0, c.dtype(0), std::move(result));
  return {};
}

constexpr std::array kRules = {ShapeRule{Op::kResize, resize, "T..l"}};

}  // namespace

std::span<const ShapeRule> resize_rules() { return kRules; }

}  // namespace octavo
