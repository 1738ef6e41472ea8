// Operators that move elements: against the definition, index by index.
#include <algorithm>
#include <numeric>

#include "tests/unit/runtime/ops/evaluate.h"

namespace octavo {
namespace {

std::vector<int64_t> index_of(int64_t flat, const Shape& shape) {
  std::vector<int64_t> index(static_cast<size_t>(shape.rank()));
  for (int i = shape.rank() - 1; i >= 0; --i) {
    index[static_cast<size_t>(i)] = flat % shape[i];
    flat /= shape[i];
  }
  return index;
}

int64_t flat_of(const std::vector<int64_t>& index, const Shape& shape) {
  int64_t flat = 0;
  for (int i = 0; i < shape.rank(); ++i) flat = flat * shape[i] + index[static_cast<size_t>(i)];
  return flat;
}

template <typename T>
void check_transpose(const Shape& shape, const std::vector<int64_t>& perm) {
  std::vector<T> values(static_cast<size_t>(shape.count()));
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(i);
  const auto outputs = evaluate(Op::kTranspose, {Tensor::from(values, shape)}, {{"perm", perm}});
  ASSERT_TRUE(outputs.ok()) << outputs.status().to_string();
  const Tensor& y = (*outputs)[0];
  for (int64_t i = 0; i < y.count(); ++i) {
    const auto to = index_of(i, y.shape());
    std::vector<int64_t> from(to.size());
    for (size_t d = 0; d < to.size(); ++d) from[static_cast<size_t>(perm[d])] = to[d];
    ASSERT_EQ(y.values<T>()[static_cast<size_t>(i)],
              values[static_cast<size_t>(flat_of(from, shape))])
        << shape.to_string() << " at " << i;
  }
}

TEST(Transpose, EveryPermutationOfFourDimensions) {
  std::vector<int64_t> perm = {0, 1, 2, 3};
  do {
    check_transpose<float>({2, 3, 5, 4}, perm);
    check_transpose<int64_t>({1, 18, 1, 17}, perm);
    check_transpose<uint8_t>({2, 17, 3, 35}, perm);
  } while (std::next_permutation(perm.begin(), perm.end()));
}

TEST(Transpose, ReversesWithoutAPermutationAndRefusesAWrongOne) {
  EXPECT_EQ(values_of<float>(Op::kTranspose, {counting({2, 3})}),
            (std::vector<float>{0, 3, 1, 4, 2, 5}));
  EXPECT_FALSE(
      evaluate(Op::kTranspose, {counting({2, 3})}, {{"perm", std::vector<int64_t>{0, 0}}}).ok());
  EXPECT_FALSE(
      evaluate(Op::kTranspose, {counting({2, 3})}, {{"perm", std::vector<int64_t>{0, 5}}}).ok());
}

struct SliceCase {
  int64_t start, end, step;
  std::vector<float> y;  // of 0 1 2 3 4
};

TEST(Slice, FollowsPythonsRules) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  const SliceCase cases[] = {
      {1, 3, 1, {1, 2}},
      {-2, kMost, 1, {3, 4}},
      {0, -1, 2, {0, 2}},
      {4, kLeast, -1, {4, 3, 2, 1, 0}},
      {kMost, kLeast, -2, {4, 2, 0}},
      {3, 1, -1, {3, 2}},
      {3, 3, 1, {}},
      {3, 1, 1, {}},
      {-100, 100, 3, {0, 3}},
      {-1, -100, -3, {4, 1}},
      {7, 9, 1, {}},
  };
  for (const SliceCase& c : cases) {
    EXPECT_EQ(values_of<float>(Op::kSlice,
                               {counting({5}), vector<int64_t>({c.start}), vector<int64_t>({c.end}),
                                Tensor(), vector<int64_t>({c.step})}),
              c.y)
        << c.start << ":" << c.end << ":" << c.step;
  }
}

TEST(Slice, TakesAxesInAnyOrderButNotTwice) {
  const Tensor x = counting({2, 3, 4}), one = vector<int64_t>({1});
  EXPECT_EQ(values_of<float>(Op::kSlice, {x, vector<int64_t>({3, 0}), vector<int64_t>({1, 1}),
                                          vector<int32_t>({-1, 0}), vector<int64_t>({-1, 1})}),
            (std::vector<float>{3, 2, 7, 6, 11, 10}));
  EXPECT_FALSE(evaluate(Op::kSlice, {x, vector<int64_t>({1, 1}), vector<int64_t>({2, 2}),
                                     vector<int64_t>({0, 0})})
                   .ok());
  EXPECT_FALSE(evaluate(Op::kSlice, {x, one, one, vector<int64_t>({3})}).ok());
  EXPECT_FALSE(evaluate(Op::kSlice, {x, one, one, Tensor(), vector<int64_t>({0})}).ok());
}

TEST(Concat, JoinsAlongAnyAxisAndSplitTakesApart) {
  for (int64_t axis : {int64_t{0}, int64_t{1}, int64_t{-1}}) {
    const Tensor x = counting({4, 6, 2});
    const auto parts = evaluate(Op::kSplit, {x}, {{"axis", axis}, {"num_outputs", int64_t{2}}}, 2);
    ASSERT_TRUE(parts.ok()) << parts.status().to_string();
    EXPECT_EQ(values_of<float>(Op::kConcat, *parts, {{"axis", axis}}),
              std::vector<float>(x.values<float>().begin(), x.values<float>().end()));
  }
  EXPECT_EQ(
      values_of<float>(Op::kConcat, {counting({0, 2}), counting({1, 2})}, {{"axis", int64_t{0}}}),
      (std::vector<float>{0, 1}));
}

TEST(Split, TakesSizesAndRefusesThoseThatDoNotAddUp) {
  const auto parts = evaluate(Op::kSplit, {counting({5}), vector<int64_t>({1, 4})}, {}, 2);
  ASSERT_TRUE(parts.ok());
  EXPECT_EQ((*parts)[1].values<float>()[0], 1.0f);
  EXPECT_FALSE(evaluate(Op::kSplit, {counting({5}), vector<int64_t>({1, 3})}, {}, 2).ok());
  EXPECT_FALSE(evaluate(Op::kSplit, {counting({5}), vector<int64_t>({-1, 6})}, {}, 2).ok());
}

TEST(Expand, RepeatsDimensionsOfOne) {
  EXPECT_EQ(values_of<float>(Op::kExpand, {counting({2, 1}), vector<int64_t>({2, 1, 3})}),
            (std::vector<float>{0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1}));
  EXPECT_FALSE(evaluate(Op::kExpand, {counting({2}), vector<int64_t>({3})}).ok());
}

TEST(Tile, RepeatsTheWhole) {
  EXPECT_EQ(values_of<float>(Op::kTile, {counting({1, 2}), vector<int64_t>({2, 2})}),
            (std::vector<float>{0, 1, 0, 1, 0, 1, 0, 1}));
  EXPECT_TRUE(values_of<float>(Op::kTile, {counting({2}), vector<int64_t>({0})}).empty());
  EXPECT_FALSE(evaluate(Op::kTile, {counting({2}), vector<int64_t>({-1})}).ok());
  EXPECT_FALSE(evaluate(Op::kTile, {counting({2}), vector<int64_t>({1, 1})}).ok());
}

struct PadCase {
  const char* mode;
  int64_t begin, end;
  std::vector<float> y;  // of 0 1 2
};

TEST(Pad, FillsInEveryMode) {
  const PadCase cases[] = {
      {"constant", 1, 2, {9, 0, 1, 2, 9, 9}},
      {"edge", 2, 1, {0, 0, 0, 1, 2, 2}},
      {"reflect", 2, 2, {2, 1, 0, 1, 2, 1, 0}},
      {"wrap", 1, 2, {2, 0, 1, 2, 0, 1}},
      {"constant", -1, -1, {1}},
      {"constant", -1, 1, {1, 2, 9}},
  };
  for (const PadCase& c : cases) {
    EXPECT_EQ(
        values_of<float>(Op::kPad,
                         {counting({3}), vector<int64_t>({c.begin, c.end}), Tensor::scalar(9.0f)},
                         {{"mode", std::string(c.mode)}}),
        c.y)
        << c.mode << " " << c.begin << " " << c.end;
  }
}

TEST(Pad, NamesItsAxes) {
  EXPECT_EQ(values_of<uint8_t>(Op::kPad, {tensor<uint8_t>({1, 2}, {2, 1}), vector<int64_t>({1, 0}),
                                          Tensor(), vector<int64_t>({-1})}),
            (std::vector<uint8_t>{0, 1, 0, 2}));
  EXPECT_FALSE(evaluate(Op::kPad, {counting({3}), vector<int64_t>({-2, -2})}).ok());
  EXPECT_FALSE(evaluate(Op::kPad, {counting({3}), vector<int64_t>({1})}).ok());
}

TEST(Gather, PicksAlongAnAxisAndCountsFromTheEnd) {
  EXPECT_EQ(values_of<float>(Op::kGather, {counting({2, 3}), vector<int64_t>({-1, 0})},
                             {{"axis", int64_t{1}}}),
            (std::vector<float>{2, 0, 5, 3}));
  EXPECT_EQ(values_of<float>(Op::kGather, {counting({2, 3}), Tensor::scalar<int32_t>(1)}),
            (std::vector<float>{3, 4, 5}));
}

TEST(Gather, RefusesAnIndexOutsideTheAxis) {
  for (int64_t index : {int64_t{3}, int64_t{-4}, std::numeric_limits<int64_t>::min()}) {
    EXPECT_EQ(code_of(Op::kGather, {counting({3}), vector<int64_t>({index})}),
              ErrorCode::kInvalidArgument)
        << index;
  }
}

TEST(DepthToSpace, IsUndoneBySpaceToDepth) {
  const Tensor x = counting({2, 3, 4, 6});
  for (int64_t block : {1, 2}) {
    const auto deep = evaluate(Op::kSpaceToDepth, {x}, {{"blocksize", block}});
    ASSERT_TRUE(deep.ok());
    EXPECT_EQ(values_of<float>(Op::kDepthToSpace, *deep, {{"blocksize", block}}),
              std::vector<float>(x.values<float>().begin(), x.values<float>().end()));
  }
  EXPECT_FALSE(evaluate(Op::kSpaceToDepth, {x}, {{"blocksize", int64_t{4}}}).ok());
  EXPECT_FALSE(evaluate(Op::kSpaceToDepth, {x}, {{"blocksize", int64_t{0}}}).ok());
}

TEST(DepthToSpace, KnowsBothOrdersOfDepth) {
  const Tensor x = counting({1, 8, 1, 1});
  EXPECT_EQ(values_of<float>(Op::kDepthToSpace, {x}, {{"blocksize", int64_t{2}}}),
            (std::vector<float>{0, 2, 4, 6, 1, 3, 5, 7}));
  EXPECT_EQ(values_of<float>(Op::kDepthToSpace, {x},
                             {{"blocksize", int64_t{2}}, {"mode", std::string("CRD")}}),
            (std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(Copy, OnlyTheShapeChanges) {
  const Tensor x = counting({2, 1, 3});
  const std::vector<float> same = {0, 1, 2, 3, 4, 5};
  EXPECT_EQ(values_of<float>(Op::kIdentity, {x}), same);
  EXPECT_EQ(values_of<float>(Op::kFlatten, {x}), same);
  EXPECT_EQ(values_of<float>(Op::kSqueeze, {x}), same);
  EXPECT_EQ(values_of<float>(Op::kUnsqueeze, {x, vector<int64_t>({0, -1})}), same);
  EXPECT_EQ(values_of<float>(Op::kReshape, {x, vector<int64_t>({0, -1})}), same);
  EXPECT_EQ(values_of<float>(Op::kDropout, {x}), same);
  EXPECT_FALSE(evaluate(Op::kReshape, {x, vector<int64_t>({4, 2})}).ok());
  EXPECT_FALSE(evaluate(Op::kDropout, {x, Tensor(), bools({1}, {})}).ok());
}

}  // namespace
}  // namespace octavo
