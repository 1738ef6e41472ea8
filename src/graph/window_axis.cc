#include "graph/window_axis.h"

#include <algorithm>

namespace octavo {
namespace {

// Far above every real model, and low enough that no sum or product of two below overflows.
constexpr int64_t kMaxAttribute = int64_t{1} << 30;
constexpr int64_t kMaxDim = int64_t{1} << 31;

Status contradiction(const std::string& message) { return {ErrorCode::kModelUnreadable, message}; }

std::string text(int64_t number) { return std::to_string(number); }

enum class AutoPad { kNotSet, kValid, kSameUpper, kSameLower };

Result<AutoPad> auto_pad(const Attributes& attrs) {
  const std::string name = attrs.get_string("auto_pad", "NOTSET");
  if (name == "NOTSET" || name.empty()) return AutoPad::kNotSet;
  if (name == "VALID") return AutoPad::kValid;
  if (name == "SAME_UPPER") return AutoPad::kSameUpper;
  if (name == "SAME_LOWER") return AutoPad::kSameLower;
  return contradiction("attribute auto_pad is '" + name +
                       "': only NOTSET, VALID, SAME_UPPER and SAME_LOWER exist");
}

bool is_same(AutoPad pad) { return pad == AutoPad::kSameUpper || pad == AutoPad::kSameLower; }

// An odd one goes to the end for SAME_UPPER, to the beginning otherwise.
void distribute(int64_t total, AutoPad pad, WindowAxis& axis) {
  const int64_t half = total / 2;
  axis.pad_begin = pad == AutoPad::kSameUpper ? half : total - half;
  axis.pad_end = total - axis.pad_begin;
}

// `in` known: the pads of auto_pad SAME_*, and the output size.
Status finish_window(WindowAxis& axis, AutoPad pad, bool ceil_mode) {
  if (is_same(pad)) {
    axis.out = (axis.in + axis.stride - 1) / axis.stride;
    distribute(std::max<int64_t>(0, (axis.out - 1) * axis.stride + axis.reach() - axis.in), pad,
               axis);
  }
  const int64_t room = axis.in + axis.pad_begin + axis.pad_end - axis.reach();
  if (room < 0 || axis.in == 0) {
    return contradiction("a kernel that reaches over " + text(axis.reach()) +
                         " does not fit an input of " + text(axis.in) + " padded by " +
                         text(axis.pad_begin) + " and " + text(axis.pad_end));
  }
  if (is_same(pad)) return {};
  axis.out = room / axis.stride + 1;
  if (ceil_mode && room % axis.stride != 0 && axis.out * axis.stride < axis.in + axis.pad_begin) {
    ++axis.out;  // the added window starts at out * stride: inside the input and its first padding
  }
  return {};
}

// Tells the attributes only a transposed convolution has.
struct Transposed {
  std::vector<int64_t> output_padding;
  std::vector<int64_t> output_shape;  // empty where absent
};

Status finish_transposed(WindowAxis& axis, AutoPad pad, int64_t extra, int64_t wanted) {
  const int64_t full = (axis.in - 1) * axis.stride + axis.reach() + extra;
  if (wanted >= 0 && (wanted > full || wanted == 0)) {
    return contradiction("attribute output_shape asks for " + text(wanted) +
                         ", but input and kernel give 1 to " + text(full));
  }
  if (wanted > 0) {
    distribute(full - wanted, pad, axis);
  } else if (is_same(pad)) {
    distribute(std::max<int64_t>(0, full - axis.in * axis.stride), pad, axis);
  }
  axis.out = full - axis.pad_begin - axis.pad_end;
  if (axis.in == 0 || axis.out < 1 || axis.out > kMaxDim) {
    return contradiction("the output would have size " + text(axis.out) + " from an input of " +
                         text(axis.in) + ": pads and kernel do not fit");
  }
  return {};
}

Result<Transposed> transposed_attributes(const Attributes& attrs, size_t rank) {
  Transposed result;
  OCTAVO_ASSIGN_OR_RETURN(result.output_padding,
                          numbers_per_axis(attrs, "output_padding", rank, 0, 0));
  if (attrs.has("output_shape")) {
    OCTAVO_ASSIGN_OR_RETURN(result.output_shape,
                            numbers_per_axis(attrs, "output_shape", rank, 0, 0));
  }
  return result;
}

// Kernel, strides, dilations and explicit pads of every axis; sizes follow.
Result<std::vector<WindowAxis>> read_axes(const Attributes& attrs, const std::vector<int64_t>& in,
                                          const std::vector<int64_t>& kernel, AutoPad pad) {
  const size_t rank = in.size();
  OCTAVO_ASSIGN_OR_RETURN(const auto strides, numbers_per_axis(attrs, "strides", rank, 1, 1));
  OCTAVO_ASSIGN_OR_RETURN(const auto dilations, numbers_per_axis(attrs, "dilations", rank, 1, 1));
  OCTAVO_ASSIGN_OR_RETURN(const auto pads, numbers_per_axis(attrs, "pads", 2 * rank, 0, 0));
  std::vector<WindowAxis> axes(rank);
  for (size_t i = 0; i < rank; ++i) {
    WindowAxis& axis = axes[i];
    axis.in = in[i];
    axis.kernel = kernel[i];
    axis.stride = strides[i];
    axis.dilation = dilations[i];
    if (axis.kernel < 1 || axis.kernel > kMaxAttribute || axis.in > kMaxDim) {
      return contradiction("a kernel of " + text(axis.kernel) + " over an input of " +
                           text(axis.in) + " makes no sense");
    }
    if (pad != AutoPad::kNotSet) continue;
    axis.pad_begin = pads[i];
    axis.pad_end = pads[i + rank];
  }
  return axes;
}

// A window that lies in the padding alone would have nothing to pool.
Status check_pool_pads(const WindowAxis& axis) {
  const int64_t pad = std::max(axis.pad_begin, axis.pad_end);
  if (pad < axis.reach()) return {};
  return contradiction("a padding of " + text(pad) +
                       " is not smaller than the kernel, which reaches over " + text(axis.reach()));
}

}  // namespace

Result<std::vector<int64_t>> numbers_per_axis(const Attributes& attrs, const char* name,
                                              size_t count, int64_t fallback, int64_t lowest) {
  std::vector<int64_t> values = attrs.get_ints(name);
  if (values.empty()) values.assign(count, fallback);
  if (values.size() != count) {
    return contradiction(std::string("attribute ") + name + " has " + text(values.size()) +
                         " numbers where the input needs " + text(count));
  }
  for (const int64_t value : values) {
    if (value < lowest || value > kMaxAttribute) {
      return contradiction(std::string("attribute ") + name + " holds " + text(value) +
                           ", which is outside " + text(lowest) + " to 2^30");
    }
  }
  return values;
}

Result<std::vector<WindowAxis>> resolve_axes(const Attributes& attrs, WindowKind kind,
                                             const std::vector<int64_t>& in,
                                             const std::vector<int64_t>& kernel) {
  OCTAVO_ASSIGN_OR_RETURN(const AutoPad pad, auto_pad(attrs));
  OCTAVO_ASSIGN_OR_RETURN(std::vector<WindowAxis> axes, read_axes(attrs, in, kernel, pad));
  Transposed transposed;
  if (kind == WindowKind::kConvTranspose) {
    OCTAVO_ASSIGN_OR_RETURN(transposed, transposed_attributes(attrs, in.size()));
  }
  const bool ceil_mode = kind == WindowKind::kPool && attrs.get_int("ceil_mode", 0) != 0;
  for (size_t i = 0; i < axes.size(); ++i) {
    WindowAxis& axis = axes[i];
    if (kind == WindowKind::kPool) OCTAVO_RETURN_IF_ERROR(check_pool_pads(axis));
    if (axis.in < 0) {
      axis.in = axis.out = kDynamic;
    } else if (kind == WindowKind::kConvTranspose) {
      const int64_t wanted = transposed.output_shape.empty() ? -1 : transposed.output_shape[i];
      OCTAVO_RETURN_IF_ERROR(finish_transposed(axis, pad, transposed.output_padding[i], wanted));
    } else {
      OCTAVO_RETURN_IF_ERROR(finish_window(axis, pad, ceil_mode));
    }
  }
  return axes;
}

}  // namespace octavo
