#include "graph/tensor.h"

#include <gtest/gtest.h>

namespace octavo {
namespace {

TEST(Shape, CountsElements) {
  EXPECT_EQ(Shape({2, 3, 4}).element_count(), 24);
  EXPECT_EQ(Shape{}.element_count(), 1);
  EXPECT_EQ(Shape({2, 0, 4}).element_count(), 0);
  EXPECT_EQ(Shape({2, kDynamic}).element_count(), std::nullopt);
}

TEST(Shape, RefusesToCountWhatWouldOverflow) {
  constexpr int64_t kHuge = int64_t{1} << 62;
  EXPECT_EQ(Shape({kHuge, 4}).element_count(), std::nullopt);
  EXPECT_EQ(Shape({kHuge, 4, 0}).element_count(), std::nullopt) << "count(0, 2) would overflow";
}

TEST(Shape, WritesDynamicDimensionsAsQuestionMarks) {
  EXPECT_EQ(Shape({1, kDynamic, 7}).to_string(), "[1, ?, 7]");
}

TEST(ResolveAxis, CountsFromTheEndAndRefusesTheOutside) {
  EXPECT_EQ(resolve_axis(-1, 4), 3);
  EXPECT_EQ(resolve_axis(0, 4), 0);
  EXPECT_EQ(resolve_axis(4, 4), std::nullopt);
  EXPECT_EQ(resolve_axis(INT64_MIN, 4), std::nullopt);
}

TEST(Tensor, RefusesDataOfAnotherSize) {
  const std::vector<float> three = {1, 2, 3};
  const auto made = Tensor::make(DType::kFloat32, {2, 2}, Buffer::copy_of(std::span(three)));
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.status().code(), ErrorCode::kModelUnreadable);
  EXPECT_EQ(
      made.status().message(),
      "a float32 tensor of shape [2, 2] needs 16 bytes, but there are 12: the file is damaged");
}

TEST(Tensor, RefusesNegativeDimensions) {
  EXPECT_FALSE(Tensor::make(DType::kInt8, {-1, -4}, Buffer()).ok());
}

TEST(Tensor, WidensIntegersOfEveryType) {
  EXPECT_EQ(Tensor::from(std::vector<int8_t>{-128, 127}, {2}).integers(),
            (std::vector<int64_t>{-128, 127}));
  EXPECT_EQ(Tensor::from(std::vector<uint16_t>{65535}, {1}).integers(),
            (std::vector<int64_t>{65535}));
  EXPECT_TRUE(Tensor::scalar(1.5f).integers().empty());
}

TEST(Tensor, ReadsEveryNonZeroByteOfABoolAsOne) {
  const std::vector<uint8_t> bytes = {0, 1, 7};
  const auto made = Tensor::make(DType::kBool, {3}, Buffer::copy_of(std::span(bytes)));
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->integers(), (std::vector<int64_t>{0, 1, 1}));
}

TEST(DType, KnowsOnnxNumbersAndWidensHalfPrecision) {
  EXPECT_EQ(dtype_from_onnx(1), DType::kFloat32);
  EXPECT_EQ(dtype_from_onnx(3), DType::kInt8);
  EXPECT_EQ(dtype_from_onnx(10), DType::kFloat32);
  EXPECT_EQ(dtype_from_onnx(16), DType::kFloat32);
  EXPECT_EQ(dtype_from_onnx(14), DType::kUnknown);
  EXPECT_EQ(dtype_from_onnx(-1), DType::kUnknown);
  EXPECT_EQ(dtype_from_onnx(99), DType::kUnknown);
}

}  // namespace
}  // namespace octavo
