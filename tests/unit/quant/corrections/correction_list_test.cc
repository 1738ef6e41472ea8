#include "quant/corrections/correction_list.h"

#include <gtest/gtest.h>

namespace octavo {
namespace {

TEST(Corrections, AreNamedInTheOrderInWhichTheyAreMade) {
  std::vector<std::string> names;
  for (const CorrectionInfo& info : corrections()) {
    names.emplace_back(info.name);
    EXPECT_FALSE(std::string(info.description).empty()) << info.name;
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{kSmooth, kEqualize, kAnalyticBias, kBias, kReconstruct}));
}

TEST(Corrections, OnlyThoseWishedForAreThere) {
  EXPECT_TRUE(has_correction({kBias, kReconstruct}, kReconstruct));
  EXPECT_FALSE(has_correction({kBias}, kReconstruct));
  EXPECT_FALSE(has_correction({}, kBias));
}

}  // namespace
}  // namespace octavo
