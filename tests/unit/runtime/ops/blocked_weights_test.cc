// DequantizeLinear with scales in blocks, and MatMulNBits.
#include "tests/unit/runtime/ops/evaluate.h"

namespace octavo {
namespace {

Tensor int4(const std::vector<int8_t>& values, Shape shape) {
  return {DType::kInt4, std::move(shape), Buffer::copy_of(std::span<const int8_t>(values))};
}

TEST(DequantizeLinear, TakesAScaleForEveryBlockOfARow) {
  const Tensor x = int4({1, 2, 3, -8, 7, -1, 0, 4, 5, 6}, {2, 5});
  const Tensor scale = tensor<float>({1, 10, 100, -1, -10, -100}, {2, 3});
  const Attrs attrs = {{"axis", int64_t{1}}, {"block_size", int64_t{2}}};
  EXPECT_EQ(values_of<float>(Op::kDequantizeLinear, {x, scale}, attrs),
            (std::vector<float>{1, 2, 30, -80, 700, 1, 0, -40, -50, -600}));
}

TEST(DequantizeLinear, TakesAScaleAndAZeroPointForEveryBlockOfAColumn) {
  const Tensor x = tensor<uint8_t>({1, 2, 3, 4, 5, 6}, {3, 2});
  const Tensor scale = tensor<float>({1, 10, 100, 1000}, {2, 2});
  const Tensor zero = tensor<uint8_t>({1, 0, 0, 6}, {2, 2});
  const Attrs attrs = {{"axis", int64_t{0}}, {"block_size", int64_t{2}}};
  EXPECT_EQ(values_of<float>(Op::kDequantizeLinear, {x, scale, zero}, attrs),
            (std::vector<float>{0, 20, 2, 40, 500, 0}));
}

TEST(DequantizeLinear, RefusesScalesThatFitNoBlocks) {
  const Tensor x = tensor<int8_t>({1, 2, 3, 4, 5, 6}, {3, 2});
  for (const int64_t block : {int64_t{1}, int64_t{3}, int64_t{-2}, INT64_MAX}) {
    const Attrs attrs = {{"axis", int64_t{0}}, {"block_size", block}};
    EXPECT_FALSE(
        evaluate(Op::kDequantizeLinear, {x, tensor<float>({1, 1, 1, 1}, {2, 2})}, attrs).ok());
  }
  EXPECT_FALSE(evaluate(Op::kDequantizeLinear, {x, tensor<float>({1, 1}, {1, 2})}).ok());
}

// Two columns of three inputs in blocks of two: 1 -2 3 and 4 5 -6 times their scales.
const Attrs kSizes = {{"K", int64_t{3}}, {"N", int64_t{2}}, {"block_size", int64_t{2}}};
const Tensor kNibbles = tensor<uint8_t>({0x69, 0x8b, 0xdc, 0x82}, {2, 2, 1});
const Tensor kScales = tensor<float>({1, 10, 1, 0.5f}, {4});
const Tensor kX = tensor<float>({1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1}, {2, 2, 3});

TEST(MatMulNBits, MultipliesByBlocksOfNibbles) {
  EXPECT_EQ(values_of<float>(Op::kMatMulNBits, {kX, kNibbles, kScales}, kSizes),
            (std::vector<float>{1, 4, -2, 5, 30, -3, 29, 6}));
}

TEST(MatMulNBits, TakesZeroPointsAndABias) {
  const Tensor zeros = tensor<uint8_t>({0x98, 0x88}, {2, 1});  // the second block: 9
  const Tensor bias = tensor<float>({100, -100}, {2});
  EXPECT_EQ(
      values_of<float>(Op::kMatMulNBits, {kX, kNibbles, kScales, zeros, Tensor(), bias}, kSizes),
      (std::vector<float>{101, -96, 98, -95, 120, -103, 119, -94}));
}

TEST(MatMulNBits, TakesBytesToo) {
  Attrs attrs = kSizes;
  attrs.emplace_back("bits", int64_t{8});
  const Tensor bytes = tensor<uint8_t>({129, 126, 131, 128, 132, 133, 122, 128}, {2, 2, 2});
  EXPECT_EQ(values_of<float>(Op::kMatMulNBits, {kX, bytes, kScales}, attrs),
            (std::vector<float>{1, 4, -2, 5, 30, -3, 29, 6}));
}

TEST(MatMulNBits, RefusesSizesThatDoNotFit) {
  EXPECT_FALSE(evaluate(Op::kMatMulNBits, {kX, kScales, kScales}, kSizes).ok());
  EXPECT_FALSE(evaluate(Op::kMatMulNBits, {kX, kNibbles, kX}, kSizes).ok());
  for (const auto& [name, value] : Attrs{{"K", int64_t{4}},
                                         {"N", INT64_MAX},
                                         {"N", int64_t{0}},
                                         {"block_size", int64_t{0}},
                                         {"bits", int64_t{3}}}) {
    Attrs attrs = kSizes;
    attrs.emplace_back(name, value);
    EXPECT_FALSE(evaluate(Op::kMatMulNBits, {kX, kNibbles, kScales}, attrs).ok()) << name;
  }
  EXPECT_FALSE(evaluate(Op::kMatMulNBits, {kX, kNibbles, kScales}).ok());
}

}  // namespace
}  // namespace octavo
