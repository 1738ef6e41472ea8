#include "kernels/qtable/qtable.h"

#include <gtest/gtest.h>

namespace octavo {
namespace {

TEST(QTable, RequantizingToTheSameScaleChangesNothing) {
  const ByteTable table = requantize_table(0.1f, -3, true, 0.1f, {-3, -128, 127});
  for (size_t i = 0; i < 256; ++i) EXPECT_EQ(table[i], i);
}

TEST(QTable, RequantizesBetweenTypesWithANarrowRange) {
  // uint8 around 128 -> int8 of twice the scale, not below zero (a fused Relu).
  const ByteTable table = requantize_table(1.0f, 128, false, 2.0f, {0, 0, 127});
  EXPECT_EQ(table[128], 0);
  EXPECT_EQ(table[127], 0);
  EXPECT_EQ(table[129], 0);  // 0.5 to even
  EXPECT_EQ(table[131], 2);  // 1.5 to even
  EXPECT_EQ(table[255], 64);
}

TEST(QTable, LooksUpEveryByte) {
  ByteTable table;
  for (size_t i = 0; i < 256; ++i) table[i] = static_cast<uint8_t>(255 - i);
  const uint8_t x[] = {0, 1, 128, 255};
  uint8_t y[4];
  look_up(4, x, table, y);
  EXPECT_EQ(y[0], 255);
  EXPECT_EQ(y[2], 127);
  EXPECT_EQ(y[3], 0);
}

}  // namespace
}  // namespace octavo
