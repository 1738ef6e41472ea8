// y = conv(x - x_zero_point, w - w_zero_point) in int32, modulo 2^32, (N, C, H, W). Plain loops:
// convolutions of constant weights that become floats again are fused into ConvIntegerToFloat
// before they run.
#include "kernels/requant.h"
#include "runtime/ops/dynamic_scales.h"
#include "runtime/ops/support.h"
#include "runtime/ops/windows.h"

namespace octavo {
namespace {

struct Operand {
  const uint8_t* data;
  bool is_signed;
  std::vector<int32_t> zero_points;  // [channels]

  int32_t at(int64_t i, int64_t channel) const {
    return widen(data[i], is_signed) - zero_points[static_cast<size_t>(channel)];
  }
};

// Zero points: one, or one an output channel of w.
Result<Operand> operand_of(const RunContext& run, size_t i, int64_t channels) {
  const TensorView& x = run.inputs[i];
  Operand operand{static_cast<const uint8_t*>(x.data), x.dtype == DType::kInt8, {}};
  const auto count = static_cast<size_t>(channels);
  if (!run.has_input(i + 2)) {
    operand.zero_points.assign(count, 0);
    return operand;
  }
  const TensorView& zero = run.inputs[i + 2];
  if (zero.count() != 1 && (i == 0 || zero.count() != channels)) {
    return invalid_data(std::to_string(zero.count()) + " zero points for input " +
                        std::to_string(i));
  }
  operand.zero_points = spread_zero_points(
      {static_cast<const uint8_t*>(zero.data), static_cast<size_t>(zero.count())},
      operand.is_signed, count);
  return operand;
}

struct Place {
  int64_t image, channel, y, x;
};

uint32_t sum_at(const ConvGeometry& geometry, const Operand& x, const Operand& w,
                const Place& out) {
  const WindowAxis h = geometry.h(), v = geometry.w();
  const int64_t width = geometry.in_per_group();
  const int64_t first = out.channel / geometry.out_per_group() * width;  // of its group
  uint32_t sum = 0;
  for (int64_t c = 0; c < width; ++c) {
    for (int64_t i = 0; i < h.kernel; ++i) {
      for (int64_t j = 0; j < v.kernel; ++j) {
        const int64_t iy = tap(h, out.y, i), ix = tap(v, out.x, j);
        if (iy < 0 || ix < 0) continue;
        const int64_t image = out.image * geometry.in_channels + first + c;
        const int64_t x_at = (image * h.in + iy) * v.in + ix;
        const int64_t w_at = ((out.channel * width + c) * h.kernel + i) * v.kernel + j;
        sum += static_cast<uint32_t>(x.at(x_at, first + c) * w.at(w_at, out.channel));
      }
    }
  }
  return sum;
}

}  // namespace

Result<RunFn> prepare_conv_integer(const PrepareContext& context) {
  const Attributes attrs = context.node().attrs;
  if (context.input(0).channels_last) return unsupported("ConvInteger of (N, H, W, C)");
  return RunFn([attrs](RunContext& run) -> Status {
    OCTAVO_ASSIGN_OR_RETURN(const ConvGeometry geometry,
                            conv_geometry(attrs, run.inputs[0].shape, run.inputs[1].shape));
    OCTAVO_RETURN_IF_ERROR(check_two_dimensional(geometry));
    OCTAVO_ASSIGN_OR_RETURN(const Operand x, operand_of(run, 0, geometry.in_channels));
    OCTAVO_ASSIGN_OR_RETURN(const Operand w, operand_of(run, 1, geometry.out_channels));
    auto* y = static_cast<int32_t*>(run.outputs[0].data);
    for (int64_t n = 0; n < geometry.batch; ++n) {
      for (int64_t c = 0; c < geometry.out_channels; ++c) {
        for (int64_t oy = 0; oy < geometry.h().out; ++oy) {
          for (int64_t ox = 0; ox < geometry.w().out; ++ox) {
            *y++ = static_cast<int32_t>(sum_at(geometry, x, w, {n, c, oy, ox}));
          }
        }
      }
    }
    return {};
  });
}

}  // namespace octavo
