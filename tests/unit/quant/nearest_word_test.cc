#include "quant/nearest_word.h"

#include <gtest/gtest.h>

#include <vector>

namespace octavo {
namespace {

const std::vector<std::string> kWords = {"min_max", "moving_average", "percentile"};

TEST(NearestWord, IsTheOneWithTheFewestEdits) {
  EXPECT_EQ(nearest_word("minmax", kWords), "min_max");
  EXPECT_EQ(nearest_word("percentle", kWords), "percentile");
  EXPECT_EQ(nearest_word("moving_avrage", kWords), "moving_average");
}

TEST(NearestWord, IgnoresCase) { EXPECT_EQ(nearest_word("PERCENTILE", kWords), "percentile"); }

TEST(NearestWord, TakesTheFirstOfEquals) {
  const std::vector<std::string> words = {"ab", "ac"};
  EXPECT_EQ(nearest_word("a", words), "ab");
}

TEST(NearestWord, IsEmptyWithoutCandidates) { EXPECT_EQ(nearest_word("a", {}), ""); }

}  // namespace
}  // namespace octavo
