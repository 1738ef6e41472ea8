#include "base/float16.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace octavo {
namespace {

TEST(Float16, EveryHalfSurvivesTheWayToFloatAndBack) {
  for (uint32_t half = 0; half < 0x10000; ++half) {
    const float x = float_from_half(static_cast<uint16_t>(half));
    if (std::isnan(x)) {
      EXPECT_TRUE(std::isnan(float_from_half(half_from_float(x))));
    } else {
      EXPECT_EQ(half_from_float(x), half);
    }
  }
}

TEST(Float16, TiesGoToTheEvenHalf) {
  for (uint16_t half = 0; half < 0x7bff; ++half) {
    const float low = float_from_half(half),
                high = float_from_half(static_cast<uint16_t>(half + 1));
    const float middle = (low + high) / 2;
    EXPECT_EQ(half_from_float(middle), half % 2 == 0 ? half : half + 1);
    EXPECT_EQ(half_from_float(std::nextafterf(middle, 0.0f)), half);
    EXPECT_EQ(half_from_float(std::nextafterf(middle, 1e9f)), half + 1);
  }
}

TEST(Float16, WhatIsTooLargeIsInfinite) {
  EXPECT_EQ(half_from_float(65519.99f), 0x7bff);
  EXPECT_EQ(half_from_float(65520.0f), 0x7c00);
  EXPECT_EQ(half_from_float(-std::numeric_limits<float>::infinity()), 0xfc00);
}

}  // namespace
}  // namespace octavo
