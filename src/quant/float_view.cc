#include "quant/float_view.h"

#include "base/rounding.h"

namespace octavo {
namespace {

// Calls visit(place in the view, place in (N, C, ...) order) for every element.
template <typename Visit>
void for_each_element(const Value& value, const Shape& shape, const Visit& visit) {
  const auto count = static_cast<size_t>(shape.count());
  const bool moved = value.channels_last && shape.rank() > 2 && count > 0;
  if (!moved) {
    for (size_t i = 0; i < count; ++i) visit(i, i);
    return;
  }
  const auto channels = static_cast<size_t>(shape[shape.rank() - 1]);
  const auto pixels = static_cast<size_t>(shape.count(1, shape.rank() - 1));
  size_t i = 0;
  for (size_t image = 0; image < count; image += channels * pixels) {
    for (size_t pixel = 0; pixel < pixels; ++pixel) {
      for (size_t c = 0; c < channels; ++c) visit(i++, image + c * pixels + pixel);
    }
  }
}

template <typename T, typename Convert>
void read_as(const Value& value, const TensorView& view, std::vector<float>& floats,
             const Convert& convert) {
  const std::span<const T> from = view.values<T>();
  for_each_element(value, view.shape, [&](size_t i, size_t j) { floats[j] = convert(from[i]); });
}

template <typename T, typename Convert>
void write_as(const Value& value, std::span<const float> floats, TensorView view,
              const Convert& convert) {
  const std::span<T> to = view.values<T>();
  for_each_element(value, view.shape,
                   [&](size_t i, size_t j) { to[i] = static_cast<T>(convert(floats[j])); });
}

bool is_quantized(const Value& value, const TensorView& view) {
  return value.quant && value.quant->per_tensor() && view.dtype == value.quant->dtype;
}

}  // namespace

bool read_floats(const Value& value, const TensorView& view, std::vector<float>& floats) {
  floats.resize(static_cast<size_t>(view.count()));
  if (view.dtype == DType::kFloat32) {
    read_as<float>(value, view, floats, [](float x) { return x; });
    return true;
  }
  if (!is_quantized(value, view)) return false;
  const float scale = value.quant->scale[0];
  const int32_t zero_point = value.quant->zero_point[0];
  const auto real = [&](int32_t q) { return dequantize_value(q, scale, zero_point); };
  if (view.dtype == DType::kUint8) return read_as<uint8_t>(value, view, floats, real), true;
  if (view.dtype == DType::kInt8) return read_as<int8_t>(value, view, floats, real), true;
  return false;
}

void write_floats(const Value& value, std::span<const float> floats, TensorView view) {
  if (view.dtype == DType::kFloat32) {
    return write_as<float>(value, floats, view, [](float x) { return x; });
  }
  if (!is_quantized(value, view)) return;
  const QuantParams& params = *value.quant;
  const auto integer = [&](float x) {
    return quantize_value(x, params.scale[0], params.zero_point[0], params.qmin, params.qmax);
  };
  if (view.dtype == DType::kUint8) write_as<uint8_t>(value, floats, view, integer);
  if (view.dtype == DType::kInt8) write_as<int8_t>(value, floats, view, integer);
}

}  // namespace octavo
