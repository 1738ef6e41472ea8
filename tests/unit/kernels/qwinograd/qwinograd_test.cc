#include "kernels/qwinograd/qwinograd.h"

#include <gtest/gtest.h>

#include "tests/unit/kernels/byte_noise.h"

namespace octavo {
namespace {

struct Case {
  size_t n, channels, lines;
  bool x_signed, w_signed;
};

// One tile of pairs that lie anywhere: every neighbour is a pixel of its own.
class Problem {
 public:
  explicit Problem(const Case& of, bool extreme) : of_(of), noise_(static_cast<uint32_t>(of.n)) {
    const auto numbers = [&](size_t count) {
      return extreme ? std::vector<uint8_t>(count, of.x_signed ? 128 : 255) : noise_.bytes(count);
    };
    x_ = numbers(of.lines * kWinogradPairs * 4 * of.channels);
    w_ = numbers(of.n * of.channels * of.lines * 3);
    for (size_t i = 0; i < of.n; ++i) {
      zero_point_.push_back(of.w_signed ? 0 : noise_.between(0, 255));
      bias_.push_back(noise_.between(-100000, 100000));
      multiplier_.push_back(noise_.real(1e-6f, 1e-4f));
    }
    x_zero_point_ = of.x_signed ? -128 : 17;
  }

  const uint8_t* pixel(size_t line, size_t pair, size_t neighbour) const {
    return x_.data() + ((line * kWinogradPairs + pair) * 4 + neighbour) * of_.channels;
  }

  uint8_t expected(size_t pair, size_t which, size_t i, const Requant& out) const {
    auto acc = static_cast<uint32_t>(bias_[i]);
    for (size_t line = 0; line < of_.lines; ++line) {
      for (size_t j = 0; j < 3; ++j) {
        for (size_t c = 0; c < of_.channels; ++c) {
          const size_t at = ((i * of_.channels + c) * of_.lines + line) * 3 + j;
          acc += static_cast<uint32_t>(
              (widen(pixel(line, pair, which + j)[c], of_.x_signed) - x_zero_point_) *
              (widen(w_[at], of_.w_signed) - zero_point_[i]));
        }
      }
    }
    return requantize_byte(static_cast<int32_t>(acc), multiplier_[i], out);
  }

  void expect_definition(const Requant& out) const {
    const QWinogradWeights weights =
        pack_winograd({of_.n, of_.channels, of_.lines, w_.data(), of_.w_signed, zero_point_.data(),
                       bias_.data(), multiplier_.data(), x_zero_point_});
    std::vector<uint8_t> tile(weights.tile_bytes());
    for (size_t line = 0; line < of_.lines; ++line) {
      WinogradPixels pixels;
      for (size_t p = 0; p < kWinogradPairs; ++p) {
        for (size_t j = 0; j < 4; ++j) pixels[p][j] = pixel(line, p, j);
      }
      pack_winograd_line(weights, line, pixels, of_.x_signed, tile.data());
    }
    std::vector<uint8_t> bytes(kWinogradPairs * 2 * of_.n);
    WinogradOutputs y;
    for (size_t p = 0; p < kWinogradPairs; ++p) {
      for (size_t which = 0; which < 2; ++which) y[p][which] = &bytes[(2 * p + which) * of_.n];
    }
    y[3][1] = nullptr;  // as at the end of a line of odd length
    for (size_t panel = 0; panel * kQGemmCols < of_.n; ++panel) {
      run_winograd_tile(weights, panel, tile.data(), out, y);
    }
    for (size_t p = 0; p < kWinogradPairs; ++p) {
      for (size_t which = 0; which < 2; ++which) {
        for (size_t i = 0; i < of_.n; ++i) {
          const uint8_t wanted = y[p][which] ? expected(p, which, i, out) : 0;
          ASSERT_EQ(bytes[(2 * p + which) * of_.n + i], wanted) << p << ' ' << which << ' ' << i;
        }
      }
    }
  }

 private:
  Case of_;
  Noise noise_;
  std::vector<uint8_t> x_, w_;
  std::vector<int32_t> zero_point_, bias_;
  std::vector<float> multiplier_;
  int32_t x_zero_point_;
};

TEST(QWinograd, EqualsTheDefinition) {
  for (const size_t n : {1u, 7u, 8u, 21u}) {
    for (const size_t channels : {8u, 16u, 40u}) {
      for (const size_t lines : {1u, 3u, 5u}) {
        const Case of = {n, channels, lines, n % 2 == 0, lines % 3 == 0};
        SCOPED_TRACE(testing::Message() << n << ' ' << channels << ' ' << lines);
        Problem(of, false).expect_definition({-5, -128, 127});
        Problem(of, false).expect_definition({100, 0, 200});
      }
    }
  }
}

TEST(QWinograd, TheLargestSumsThatItTakesAreExact) {
  const size_t most = 16512 / 9 / 8 * 8;
  ASSERT_TRUE(takes_winograd(most, 3));
  EXPECT_FALSE(takes_winograd(most + 8, 3));
  EXPECT_FALSE(takes_winograd(12, 3));
  Problem({1, most, 3, false, false}, true).expect_definition({0, 0, 255});
  Problem({1, most, 3, true, true}, true).expect_definition({0, -128, 127});
}

}  // namespace
}  // namespace octavo
