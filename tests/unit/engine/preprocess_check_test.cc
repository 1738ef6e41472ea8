#include "engine/preprocess_check.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace octavo {
namespace {

ScalingScore score(int64_t right, int64_t better, int64_t worse) {
  ScalingScore s;
  s.right = right;
  s.better = better;
  s.worse = worse;
  return s;
}

TEST(PreprocessReport, BetterByChanceIsNotClearlyBetter) {
  PreprocessReport report;
  report.images = 100;
  report.scores = {score(50, 0, 0), score(54, 4, 0), score(56, 12, 6)};
  EXPECT_EQ(report.clearly_better(), std::nullopt);  // 4 is not more than 2 sqrt(4), 6 than 8.5
  report.scores.push_back(score(55, 5, 0));
  EXPECT_EQ(report.clearly_better(), 3u);
  report.scores.push_back(score(70, 30, 10));
  report.scores.push_back(score(20, 0, 30));
  EXPECT_EQ(report.clearly_better(), 4u) << "the most accurate of them";
}

Session demo() { return *Session::open(*open_file("models/demo/demo.onnx")); }

std::vector<LabelledFile> pictures() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator("models/demo/test")) {
    names.push_back(entry.path().string());
  }
  std::sort(names.begin(), names.end());
  std::vector<LabelledFile> files;
  for (size_t i = 0; i < 12; ++i) {
    const std::string name = names[i];
    files.push_back({name, static_cast<int64_t>(i % 8), [name]() -> Result<std::vector<std::byte>> {
                       std::ifstream in(name, std::ios::binary);
                       const std::string all{std::istreambuf_iterator<char>(in), {}};
                       const auto bytes = std::as_bytes(std::span(all));
                       return std::vector<std::byte>(bytes.begin(), bytes.end());
                     }});
  }
  files[5].read = [] { return std::vector<std::byte>(100); };
  return files;
}

PreprocessReport checked(const std::string& recipe, int threads) {
  Session session = demo();
  const auto report = check_preprocessing(session, *recipe_from_json(recipe), pictures(), threads);
  EXPECT_TRUE(report.ok()) << report.status().to_string();
  return report.ok() ? *report : PreprocessReport();
}

TEST(PreprocessCheck, AnyNumberOfThreadsGivesTheSame) {
  const PreprocessReport one = checked(R"({"preprocess": "tf"})", 1);
  EXPECT_EQ(one.images, 11);
  ASSERT_EQ(one.skipped.size(), 1u);
  EXPECT_EQ(one.scores.size(), 10u);
  EXPECT_EQ(one.scores[one.given].scaling.name, "tf");
  EXPECT_EQ(to_json(checked(R"({"preprocess": "tf"})", 3)), to_json(one));
}

TEST(PreprocessCheck, OtherNumbersThanTheUsualOnesAreOneMore) {
  const PreprocessReport report = checked(R"({"preprocess": "caffe", "mean": [1, 2, 3]})", 1);
  ASSERT_EQ(report.scores.size(), 11u);
  EXPECT_EQ(report.given, 10u);
  EXPECT_EQ(report.scores[10].scaling.name, "yours");
  EXPECT_EQ(report.scores[10].scaling.color, Color::kBgr);
}

TEST(PreprocessCheck, TheOtherOrderHasItsMeansInThatOrder) {
  const PreprocessReport report = checked(R"({"preprocess": "tf"})", 1);
  const auto named = [&](const std::string& name) {
    for (const ScalingScore& s : report.scores) {
      if (s.scaling.name == name) return s.scaling;
    }
    return PixelScaling();
  };
  EXPECT_EQ(named("caffe").color, Color::kBgr);
  EXPECT_EQ(named("caffe").mean, (std::array<float, 3>{104, 117, 123}));
  EXPECT_EQ(named("caffe in rgb").mean, (std::array<float, 3>{123, 117, 104}));
  EXPECT_EQ(named("imagenet in bgr").mean[0], named("imagenet").mean[2]);
}

TEST(PreprocessCheck, ALabelBeyondTheClassesIsRefused) {
  Session session = demo();
  auto files = pictures();
  files[2].label = 8;
  const Status status = check_preprocessing(session, RecipeFile(), files, 1).status();
  EXPECT_EQ(status.code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(status.where(), files[2].name);
}

TEST(PreprocessCheck, CanBeCancelled) {
  Session session = demo();
  const Progress stop = [](std::string_view phase, int64_t done, int64_t) {
    EXPECT_EQ(phase, "check");
    return done < 2;
  };
  EXPECT_EQ(check_preprocessing(session, RecipeFile(), pictures(), 2, stop).status().code(),
            ErrorCode::kCancelled);
}

}  // namespace
}  // namespace octavo
