#include "base/bytes.h"

#include <gtest/gtest.h>

#include <limits>

namespace octavo {
namespace {

TEST(Bytes, WhatIsPutIsTaken) {
  const uint64_t numbers[] = {0, 1, 127, 128, 16384, std::numeric_limits<uint64_t>::max()};
  ByteWriter out;
  out.put(-1.5f);
  out.put_text("två");
  for (const uint64_t n : numbers) out.put_varint(n);
  ByteReader in(out.bytes());
  EXPECT_EQ(in.take<float>(), -1.5f);
  EXPECT_EQ(in.take_text(), "två");
  for (const uint64_t n : numbers) EXPECT_EQ(in.take_varint(), n);
  EXPECT_TRUE(in.ok() && in.at_end());
}

TEST(Bytes, NothingIsReadPastTheEnd) {
  ByteWriter out;
  out.put(1.0);
  for (size_t size = 0; size < out.bytes().size(); ++size) {
    ByteReader in(std::span(out.bytes()).first(size));
    EXPECT_EQ(in.take<double>(), 0);
    EXPECT_FALSE(in.ok());
    EXPECT_EQ(in.take<uint8_t>(), 0) << "after a fault all is zero";
  }
}

TEST(Bytes, ACountThatCannotFollowIsRefused) {
  ByteWriter out;
  out.put_varint(2);
  out.put(int16_t{0});
  ByteReader bytes(out.bytes()), shorts(out.bytes());
  EXPECT_EQ(bytes.take_count(1), 2u);
  EXPECT_TRUE(bytes.ok());
  EXPECT_EQ(shorts.take_count(2), 0u);
  EXPECT_FALSE(shorts.ok());
}

TEST(Bytes, AnEndlessVarintIsRefused) {
  const std::vector<std::byte> bytes(20, std::byte{0xff});
  ByteReader in(bytes);
  in.take_varint();
  EXPECT_FALSE(in.ok());
}

}  // namespace
}  // namespace octavo
