#include "graph/conv_geometry.h"

#include <gtest/gtest.h>

#include "tests/unit/graph/graph_builder.h"

namespace octavo {
namespace {

Attributes attributes(std::vector<std::pair<std::string, Attribute>> list) {
  Attributes attrs;
  for (auto& [name, value] : list) attrs.set(name, std::move(value));
  return attrs;
}

const Attribute kSameUpper = std::string("SAME_UPPER");
const Attribute kSameLower = std::string("SAME_LOWER");

TEST(ConvGeometry, ResolvesStridesPadsAndDilations) {
  const auto g = conv_geometry(
      attributes({{"strides", Ints{2, 1}}, {"pads", Ints{1, 0, 1, 2}}, {"dilations", Ints{1, 2}}}),
      {1, 3, 224, 10}, {8, 3, 3, 3});
  ASSERT_TRUE(g.ok()) << g.status().to_string();
  EXPECT_EQ(g->output_shape(), Shape({1, 8, 112, 8}));
  EXPECT_EQ(g->output_shape(true), Shape({1, 112, 8, 8}));
  EXPECT_EQ(g->w().reach(), 5);
}

TEST(ConvGeometry, ReadsChannelsLastInputs) {
  const auto g = conv_geometry({}, {1, 5, 6, 3}, {8, 3, 3, 3}, true);
  ASSERT_TRUE(g.ok());
  EXPECT_EQ(g->output_shape(true), Shape({1, 3, 4, 8}));
}

TEST(ConvGeometry, TakesOneSpatialAxisAsHeightOne) {
  const auto g = conv_geometry({}, {2, 4, 10}, {6, 4, 3});
  ASSERT_TRUE(g.ok());
  EXPECT_EQ(g->h().out, 1);
  EXPECT_TRUE(g->h().pointwise());
  EXPECT_EQ(g->output_shape(), Shape({2, 6, 8}));
}

TEST(ConvGeometry, GivesTheOddPadToTheEndForUpperAndToTheBeginningForLower) {
  const Shape x{1, 1, 224, 224}, w{1, 1, 3, 3};
  const auto upper =
      conv_geometry(attributes({{"auto_pad", kSameUpper}, {"strides", Ints{2, 2}}}), x, w);
  const auto lower =
      conv_geometry(attributes({{"auto_pad", kSameLower}, {"strides", Ints{2, 2}}}), x, w);
  ASSERT_TRUE(upper.ok() && lower.ok());
  EXPECT_EQ(upper->h().out, 112);
  EXPECT_EQ(upper->h().pad_begin, 0);
  EXPECT_EQ(upper->h().pad_end, 1);
  EXPECT_EQ(lower->h().pad_begin, 1);
  EXPECT_EQ(lower->h().pad_end, 0);
}

TEST(ConvGeometry, LeavesUnknownSizesUnknown) {
  const auto g = conv_geometry({}, {kDynamic, 3, kDynamic, 8}, {4, 3, 3, 3});
  ASSERT_TRUE(g.ok());
  EXPECT_EQ(g->output_shape(), Shape({kDynamic, 4, kDynamic, 6}));
}

TEST(ConvGeometry, KnowsDepthwiseAndPointwise) {
  const auto depthwise =
      conv_geometry(attributes({{"group", int64_t{8}}}), {1, 8, 5, 5}, {8, 1, 3, 3});
  const auto pointwise = conv_geometry({}, {1, 8, 5, 5}, {4, 8, 1, 1});
  ASSERT_TRUE(depthwise.ok() && pointwise.ok());
  EXPECT_TRUE(depthwise->depthwise());
  EXPECT_FALSE(depthwise->pointwise());
  EXPECT_TRUE(pointwise->pointwise());
}

struct BadConv {
  const char* what;
  std::vector<std::pair<std::string, Attribute>> attrs;
  Shape x, w;
  const char* sentence;
};

TEST(ConvGeometry, RefusesWhatAFileCanGetWrong) {
  const Shape x{1, 3, 8, 8}, w{4, 3, 3, 3};
  const BadConv cases[] = {
      {"stride",
       {{"strides", Ints{0, 1}}},
       x,
       w,
       "attribute strides holds 0, which is outside 1 to 2^30"},
      {"pads",
       {{"pads", Ints{0, 0, -1, 0}}},
       x,
       w,
       "attribute pads holds -1, which is outside 0 to 2^30"},
      {"huge",
       {{"dilations", Ints{INT64_MAX, 1}}},
       x,
       w,
       "attribute dilations holds 9223372036854775807, which is outside 1 to 2^30"},
      {"few",
       {{"strides", Ints{1}}},
       x,
       w,
       "attribute strides has 1 numbers where the input needs 2"},
      {"groups",
       {{"group", int64_t{3}}},
       x,
       w,
       "group 3 does not divide the 4 output channels of the weights"},
      {"no groups",
       {{"group", int64_t{0}}},
       x,
       w,
       "group 0 does not divide the 4 output channels of the weights"},
      {"channels", {}, {1, 5, 8, 8}, w, "the input has 5 channels, but the weights want 3"},
      {"kernel",
       {},
       {1, 3, 2, 8},
       w,
       "a kernel that reaches over 3 does not fit an input of 2 padded by 0 and 0"},
      {"rank",
       {},
       {1, 3},
       w,
       "the input has shape [1, 3], but batch, channels and 1 to 3 spatial dimensions are needed"},
      {"kernel_shape",
       {{"kernel_shape", Ints{5, 5}}},
       x,
       w,
       "attribute kernel_shape [5, 5] contradicts weights of shape [4, 3, 3, 3]"},
      {"auto_pad",
       {{"auto_pad", std::string("BEST")}},
       x,
       w,
       "attribute auto_pad is 'BEST': only NOTSET, VALID, SAME_UPPER and SAME_LOWER exist"},
  };
  for (const BadConv& c : cases) {
    const auto g = conv_geometry(attributes(c.attrs), c.x, c.w);
    ASSERT_FALSE(g.ok()) << c.what;
    EXPECT_EQ(g.status().code(), ErrorCode::kModelUnreadable);
    EXPECT_EQ(g.status().message(), c.sentence);
  }
}

TEST(PoolGeometry, CountsTheLastWindowInCeilModeOnlyWhereItStartsInside) {
  const auto pool = [](int64_t size, Ints pads, int64_t ceil) {
    return pool_geometry(attributes({{"kernel_shape", Ints{3, 3}},
                                     {"strides", Ints{2, 2}},
                                     {"pads", std::move(pads)},
                                     {"ceil_mode", ceil}}),
                         {1, 1, size, size})
        ->h()
        .out;
  };
  EXPECT_EQ(pool(112, {0, 0, 0, 0}, 0), 55);
  EXPECT_EQ(pool(112, {0, 0, 0, 0}, 1), 56);
  EXPECT_EQ(pool(113, {0, 0, 0, 0}, 1), 56) << "it fits exactly: nothing is added";
  EXPECT_EQ(pool(4, {0, 0, 2, 2}, 1), 2) << "the window at 4 starts outside of the input";
}

TEST(PoolGeometry, RefusesPaddingAsWideAsTheKernel) {
  const auto g = pool_geometry(
      attributes({{"kernel_shape", Ints{2, 2}}, {"pads", Ints{2, 0, 0, 0}}}), {1, 1, 8, 8});
  ASSERT_FALSE(g.ok());
  EXPECT_EQ(g.status().message(),
            "a padding of 2 is not smaller than the kernel, which reaches over 2");
}

TEST(ConvTransposeGeometry, InvertsAConvolution) {
  const auto g = conv_transpose_geometry(attributes({{"strides", Ints{2, 2}},
                                                     {"pads", Ints{1, 1, 1, 1}},
                                                     {"output_padding", Ints{1, 1}},
                                                     {"group", int64_t{2}}}),
                                         {1, 4, 7, 7}, {4, 3, 3, 3});
  ASSERT_TRUE(g.ok()) << g.status().to_string();
  EXPECT_EQ(g->output_shape(), Shape({1, 6, 14, 14}));
}

TEST(ConvTransposeGeometry, FindsPadsForTheOutputShapeAskedFor) {
  const auto g = conv_transpose_geometry(
      attributes({{"strides", Ints{2}}, {"output_shape", Ints{6}}}), {1, 1, 3}, {1, 1, 4});
  ASSERT_TRUE(g.ok());
  EXPECT_EQ(g->w().out, 6);
  EXPECT_EQ(g->w().pad_begin + g->w().pad_end, 2);
}

TEST(ConvTransposeGeometry, RefusesAnOutputThatPadsEatUp) {
  EXPECT_FALSE(
      conv_transpose_geometry(attributes({{"pads", Ints{5, 5}}}), {1, 1, 3}, {1, 1, 3}).ok());
}

}  // namespace
}  // namespace octavo
