#include "kernels/qdwconv/qdwconv.h"

#include <gtest/gtest.h>

#include "tests/unit/kernels/byte_noise.h"

namespace octavo {
namespace {

struct Case {
  size_t channels, rows, columns, stride, dilation, pixels;
  int64_t in, first;
  bool x_signed, w_signed;
};

void expect_definition(const Case& of) {
  Noise noise(static_cast<uint32_t>(of.channels * 41 + of.rows * of.columns));
  const size_t taps = of.rows * of.columns;
  const std::vector<uint8_t> w = noise.bytes(of.channels * taps);
  std::vector<std::vector<uint8_t>> x;  // exactly as long as they say
  std::vector<const uint8_t*> lines;
  for (size_t i = 0; i < of.rows; ++i) {
    x.push_back(noise.bytes(static_cast<size_t>(of.in) * of.channels));
  }
  for (const std::vector<uint8_t>& line : x) lines.push_back(line.data());
  std::vector<int32_t> zero_point, bias;
  std::vector<float> multiplier, addend;
  for (size_t c = 0; c < of.channels; ++c) {
    addend.push_back(noise.real(-1, 1));
    zero_point.push_back(of.w_signed ? 0 : noise.between(0, 255));
    bias.push_back(noise.between(-30000, 30000));
    multiplier.push_back(noise.real(1e-4f, 4e-3f));
  }
  const int32_t x_zero_point = of.x_signed ? 127 : 3;
  const Requant out{-128, -128, 100};
  const QDwConvWeightsSource source = {
      of.channels,       of.rows,     of.columns,        w.data(),    of.w_signed,
      zero_point.data(), bias.data(), multiplier.data(), of.x_signed, x_zero_point};
  const QDwConvLine line = {
      lines.data(), of.in,     of.first,    of.stride,
      of.dilation,  of.pixels, of.x_signed, static_cast<uint8_t>(x_zero_point)};

  for (const QDwConvKernel* kernel : qdwconv_kernels()) {
    if (!takes(*kernel, source)) continue;
    const QDwConvWeights weights = pack_weights(source, *kernel);
    std::vector<uint8_t> y(of.pixels * of.channels);
    std::vector<uint8_t> scratch(qdwconv_scratch_bytes(line, weights));
    kernel->to_bytes(line, weights, out, scratch.data(), y.data());
    std::vector<float> floats(y.size()), addends(addend);
    addends.resize(weights.bias.size());
    kernel->to_floats(line, weights,
                      {weights.bias.data(), weights.multiplier.data(), addends.data()},
                      scratch.data(), floats.data());
    for (size_t n = 0; n < y.size(); ++n) {
      const size_t p = n / of.channels, c = n % of.channels;
      int32_t acc = bias[c];
      for (size_t i = 0; i < of.rows; ++i) {
        for (size_t j = 0; j < of.columns; ++j) {
          const int64_t at = of.first + static_cast<int64_t>(p * of.stride + j * of.dilation);
          if (at < 0 || at >= of.in) continue;
          acc += (widen(lines[i][static_cast<size_t>(at) * of.channels + c], of.x_signed) -
                  x_zero_point) *
                 (widen(w[c * taps + i * of.columns + j], of.w_signed) - zero_point[c]);
        }
      }
      ASSERT_EQ(y[n], requantize_byte(acc, multiplier[c], out))
          << kernel->name << " channels " << of.channels << " kernel " << of.rows << "x"
          << of.columns << " at " << n;
      const float product = static_cast<float>(acc) * multiplier[c];
      ASSERT_EQ(floats[n], product + addend[c]) << kernel->name << " at " << n;
    }
  }
}

void expect_definition_of_numbers(Case of) {
  for (const auto& [x_signed, w_signed] : {std::pair{false, true}, {true, true}, {true, false}}) {
    of.x_signed = x_signed;
    of.w_signed = w_signed;
    expect_definition(of);
  }
}

TEST(QDwConv, EveryVariantEqualsTheDefinition) {
  for (const size_t channels : {1u, 7u, 8u, 9u, 16u, 23u, 40u}) {
    for (const size_t rows : {1u, 2u, 3u, 4u, 5u}) {
      for (const size_t columns : {1u, 3u, 5u}) {
        expect_definition_of_numbers({channels, rows, columns, 1, 1, 7, 7, -1});
        expect_definition_of_numbers({channels, rows, columns, 2, 1, 4, 9, -2});
      }
    }
  }
}

TEST(QDwConv, LinesMayBeAllPaddingAndColumnsFarApart) {
  expect_definition_of_numbers({8, 3, 3, 1, 1, 2, 1, -4});
  expect_definition_of_numbers({8, 3, 3, 1, 1, 2, 1, 3});
  expect_definition_of_numbers({12, 3, 3, 3, 4, 5, 11, -4});
  expect_definition_of_numbers({12, 1, 1, 5, 1, 3, 11, 0});
}

}  // namespace
}  // namespace octavo
