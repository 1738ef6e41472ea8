#include "kernels/qdwconv/qdwconv.h"

namespace octavo {
namespace {

constexpr size_t kDepth = 2;

// Of a weight: its group's second number is that of the next row.
int32_t weight(const QDwConvWeights& weights, size_t c, size_t i, size_t j) {
  const uint8_t* block = weights.packed.data() + c / kQDwConvChannels * weights.block_bytes();
  const size_t group = j * weights.groups + i / kDepth;
  return load_from_pair(block + group * kQDwConvGroupBytes + c % kQDwConvChannels * kGroupBytes,
                        i % kDepth);
}

// store(c, acc) for every element of y in order; acc is without the bias.
template <typename Store>
void accumulate(const QDwConvLine& line, const QDwConvWeights& weights, Store store) {
  const size_t channels = weights.channels;
  for (size_t p = 0; p < line.pixels; ++p) {
    for (size_t c = 0; c < channels; ++c) {
      uint32_t acc = 0;
      for (size_t i = 0; i < weights.rows; ++i) {
        for (size_t j = 0; j < weights.columns; ++j) {
          const int64_t at = line.first + static_cast<int64_t>(p * line.stride + j * line.dilation);
          const bool inside = at >= 0 && at < line.in;
          const uint8_t byte =
              inside ? line.x[i][static_cast<size_t>(at) * channels + c] : line.zero;
          // |product| <= 255 * 255; the sum is modulo 2^32
          acc += static_cast<uint32_t>(widen(byte, line.is_signed) * weight(weights, c, i, j));
        }
      }
      store(c, acc);
    }
  }
}

int32_t with_bias(uint32_t acc, int32_t bias) {
  return static_cast<int32_t>(acc + static_cast<uint32_t>(bias));
}

void to_bytes(const QDwConvLine& line, const QDwConvWeights& weights, const Requant& out, uint8_t*,
              uint8_t* y) {
  accumulate(line, weights, [&](size_t c, uint32_t acc) {
    *y++ = requantize_byte(with_bias(acc, weights.bias[c]), weights.multiplier[c], out);
  });
}

void to_floats(const QDwConvLine& line, const QDwConvWeights& weights, const QDwConvFloats& out,
               uint8_t*, float* y) {
  accumulate(line, weights, [&](size_t c, uint32_t acc) {
    const float product = static_cast<float>(with_bias(acc, out.bias[c])) * out.multiplier[c];
    *y++ = product + out.addend[c];
  });
}

}  // namespace

extern const QDwConvKernel qx8_qc8w_dwconv_8c2__ref = {
    "qx8_qc8w_dwconv_8c2__ref", Isa::kRef, kDepth, no_offset, to_bytes, to_floats};

}  // namespace octavo
