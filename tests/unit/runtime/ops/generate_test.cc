// Operators that make data, or whose size depends on data.
#include "tests/unit/runtime/ops/evaluate.h"

namespace octavo {
namespace {

TEST(Range, CountsUpAndDown) {
  const auto range = [](auto start, auto limit, auto delta) {
    return values_of<decltype(start)>(
        Op::kRange, {Tensor::scalar(start), Tensor::scalar(limit), Tensor::scalar(delta)});
  };
  EXPECT_EQ(range(int64_t{1}, int64_t{7}, int64_t{3}), (std::vector<int64_t>{1, 4}));
  EXPECT_EQ(range(5, 0, -2), (std::vector<int32_t>{5, 3, 1}));
  EXPECT_EQ(range(0.0f, 1.0f, 0.25f), (std::vector<float>{0, 0.25f, 0.5f, 0.75f}));
  EXPECT_TRUE(range(int64_t{3}, int64_t{0}, int64_t{1}).empty());
}

TEST(Sizes, AbsurdOnesAreRefusedNotAllocated) {
  constexpr int64_t kHuge = int64_t{1} << 61;
  const Tensor zero = Tensor::scalar<int64_t>(0), one = Tensor::scalar<int64_t>(1);
  const Tensor x = counting({2});
  EXPECT_FALSE(evaluate(Op::kRange, {zero, Tensor::scalar(kHuge), one}).ok());
  EXPECT_FALSE(evaluate(Op::kRange, {zero, one, zero}).ok());
  EXPECT_FALSE(evaluate(Op::kExpand, {counting({1}), vector<int64_t>({kHuge, 8})}).ok());
  EXPECT_FALSE(evaluate(Op::kTile, {x, vector<int64_t>({kHuge})}).ok());
  EXPECT_FALSE(evaluate(Op::kPad, {x, vector<int64_t>({kHuge, kHuge})}).ok());
  EXPECT_FALSE(evaluate(Op::kConstantOfShape, {vector<int64_t>({kHuge, kHuge})}).ok());
  EXPECT_FALSE(evaluate(Op::kConstantOfShape, {vector<int64_t>({-1})}).ok());
  EXPECT_FALSE(
      evaluate(Op::kOneHot, {vector<int64_t>({1, 2}), Tensor::scalar(kHuge), vector<float>({0, 1})})
          .ok());
}

TEST(Shape, GivesDimensionsOrASliceOfThem) {
  const Tensor x = counting({2, 3, 4});
  EXPECT_EQ(values_of<int64_t>(Op::kShape, {x}), (std::vector<int64_t>{2, 3, 4}));
  EXPECT_EQ(values_of<int64_t>(Op::kShape, {x}, {{"start", int64_t{-2}}}),
            (std::vector<int64_t>{3, 4}));
  EXPECT_EQ(values_of<int64_t>(Op::kShape, {x}, {{"start", int64_t{1}}, {"end", int64_t{-1}}}),
            (std::vector<int64_t>{3}));
  EXPECT_EQ(values_of<int64_t>(Op::kSize, {x}), (std::vector<int64_t>{24}));
}

TEST(ConstantOfShape, RepeatsItsValue) {
  EXPECT_EQ(values_of<float>(Op::kConstantOfShape, {vector<int64_t>({2})}),
            (std::vector<float>{0, 0}));
  EXPECT_EQ(values_of<int64_t>(Op::kConstantOfShape, {vector<int64_t>({1, 3})},
                               {{"value", share(vector<int64_t>({7}))}}),
            (std::vector<int64_t>{7, 7, 7}));
}

TEST(OneHot, LightsOneElementOfANewAxis) {
  const Tensor values = vector<float>({2, 5}), depth = Tensor::scalar<int64_t>(3);
  EXPECT_EQ(values_of<float>(Op::kOneHot, {vector<int64_t>({0, -1, 7}), depth, values}),
            (std::vector<float>{5, 2, 2, 2, 2, 5, 2, 2, 2}));
  EXPECT_EQ(values_of<float>(Op::kOneHot, {vector<int64_t>({0, 2}), depth, values},
                             {{"axis", int64_t{0}}}),
            (std::vector<float>{5, 2, 2, 2, 2, 5}));
}

TEST(NonZero, ListsIndicesAxisByAxis) {
  EXPECT_EQ(values_of<int64_t>(Op::kNonZero, {tensor<float>({0, 3, NAN, 0}, {2, 2})}),
            (std::vector<int64_t>{0, 1, 1, 0}));
  EXPECT_TRUE(values_of<int64_t>(Op::kNonZero, {vector<int32_t>({0, 0})}).empty());
}

}  // namespace
}  // namespace octavo
