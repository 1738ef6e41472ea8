// What quantizing does with the samples of the calibration.
#include "engine/session.h"

#include <gtest/gtest.h>

#include <atomic>

#include "tests/unit/formats/onnx/model_bytes.h"
#include "tests/unit/runtime/run_graph.h"

namespace octavo {
namespace {

using namespace model_bytes;  // NOLINT: builders

Proto weights(std::string_view name, const std::vector<int64_t>& dims, uint32_t seed) {
  return floats(name, dims, floats_of(noise_tensor(seed, Shape(dims))));
}

// x (N, 4, 8, 8) -> Conv -> Relu -> Flatten -> Gemm -> y (N, 5)
std::string small_model() {
  return model(graph({{1, node("Conv", {"x", "w1", "b1"}, {"c1"})},
                      {1, node("Relu", {"c1"}, {"r1"})},
                      {1, node("Flatten", {"r1"}, {"f"})},
                      {1, node("Gemm", {"f", "w2", "b2"}, {"y"})},
                      {5, weights("w1", {6, 4, 3, 3}, 1)},
                      {5, weights("b1", {6}, 2)},
                      {5, weights("w2", {216, 5}, 3)},
                      {5, weights("b2", {5}, 4)},
                      {11, value("x", 1, {-1, 4, 8, 8})},
                      out("y")}));
}

Session session_of(const std::string& bytes) {
  const auto copy = std::make_shared<std::string>(bytes);
  auto session =
      Session::open(std::make_shared<MemorySource>(std::as_bytes(std::span(*copy)), copy));
  EXPECT_TRUE(session.ok()) << session.status().to_string();
  return *std::move(session);
}

std::vector<Tensor> sample(int64_t i) {
  return {noise_tensor(static_cast<uint32_t>(i + 10), Shape{1, 4, 8, 8})};
}

// Sample number i is refused with `refusal` where `refused(i)`.
SampleSource source_of(int64_t count, std::function<bool(int64_t)> refused = {},
                       ErrorCode refusal = ErrorCode::kImage) {
  return {count, [](int64_t i) { return "sample " + std::to_string(i); },
          [=](int64_t i, int) -> Result<std::vector<Tensor>> {
            if (refused && refused(i)) return Status(refusal, "cannot be used");
            return sample(i);
          }};
}

RecipeFile recipe_of(const std::string& observer, std::vector<std::string> corrections = {}) {
  RecipeFile recipe;
  recipe.recipe.observer = observer;
  recipe.recipe.corrections = std::move(corrections);
  return recipe;
}

Calibration calibrated(Session& session, const RecipeFile& recipe) {
  auto calibration = session.calibrate(source_of(12), recipe, 1);
  EXPECT_TRUE(calibration.ok()) << calibration.status().to_string();
  return calibration.ok() ? *std::move(calibration) : Calibration{};
}

std::string saved(const Session& session) {
  std::string bytes;
  const Status status = session.save("onnx", [&bytes](std::span<const std::byte> piece) {
    bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    return ok_status();
  });
  EXPECT_TRUE(status.ok()) << status.to_string();
  return bytes;
}

class SessionQuantize : public testing::Test {
 protected:
  Session session_ = session_of(small_model());
  const RecipeFile recipe_ = recipe_of("auto", {"bias", "reconstruct"});
  const Calibration calibration_ = calibrated(session_, recipe_);
};

TEST_F(SessionQuantize, GivesTheSameFileForAnyNumberOfThreads) {
  const auto one = session_.quantize(calibration_, recipe_, source_of(12), 1);
  const auto three = session_.quantize(calibration_, recipe_, source_of(12), 3);
  ASSERT_TRUE(one.ok() && three.ok()) << one.status().to_string() << three.status().to_string();
  EXPECT_TRUE(saved(one->session) == saved(three->session));
  EXPECT_EQ(one->trials.size(), calibration_.choices.size() + 3);
  int kept = 0;
  for (const Trial& trial : one->trials) kept += trial.kept;
  EXPECT_EQ(kept, 1);
}

TEST_F(SessionQuantize, TellsHowFarItIsPhaseByPhase) {
  std::vector<std::string> phases;
  int64_t before = 0;
  const Progress progress = [&](std::string_view phase, int64_t done, int64_t total) {
    const bool is_new = phases.empty() || phases.back() != phase;
    EXPECT_GE(done, is_new ? 0 : before) << phase;
    EXPECT_LT(done, total) << phase;
    if (is_new) phases.emplace_back(phase);
    before = done;
    return true;
  };
  ASSERT_TRUE(session_.quantize(calibration_, recipe_, source_of(12), 1, progress).ok());
  EXPECT_EQ(phases, (std::vector<std::string>{"load", "try", "choose", "try", "correct"}));
}

TEST_F(SessionQuantize, StopsInAnyPhase) {
  for (const std::string_view last : {"load", "try", "correct"}) {
    const Progress progress = [last](std::string_view phase, int64_t, int64_t) {
      return phase != last;
    };
    const auto made = session_.quantize(calibration_, recipe_, source_of(12), 1, progress);
    EXPECT_EQ(made.status().code(), ErrorCode::kCancelled) << last;
  }
}

TEST_F(SessionQuantize, PassesOverSamplesThatCannotBeUsed) {
  const auto odd = [](int64_t i) { return i % 2 == 1; };
  EXPECT_TRUE(session_.quantize(calibration_, recipe_, source_of(12, odd)).ok());
  const auto all = [](int64_t) { return true; };
  EXPECT_EQ(session_.quantize(calibration_, recipe_, source_of(12, all)).status().code(),
            ErrorCode::kCalibrationData);
}

TEST_F(SessionQuantize, NamesTheSampleWhoseReadingFailed) {
  const auto third = [](int64_t i) { return i == 3; };
  const SampleSource source = source_of(12, third, ErrorCode::kIo);
  const Status status = session_.quantize(calibration_, recipe_, source).status();
  EXPECT_EQ(status.code(), ErrorCode::kIo);
  EXPECT_EQ(status.where(), "sample 3");
}

TEST_F(SessionQuantize, WithoutSamplesSaysThatItWantsThem) {
  EXPECT_EQ(session_.quantize(calibration_, recipe_).status().code(), ErrorCode::kCalibrationData);
}

TEST_F(SessionQuantize, NamesWhatIsLeftOutForWantOfSamples) {
  Calibration given;  // by a file of ranges, say
  given.ranges = calibration_.choices[0].ranges;
  const auto made = session_.quantize(given, recipe_);
  ASSERT_TRUE(made.ok()) << made.status().to_string();
  EXPECT_EQ(made->warnings,
            std::vector<std::string>{
                "without samples these are left out: observer auto, correction bias, correction "
                "reconstruct; give samples (--images), or choose --preset fast, which wants none "
                "of it"});
  EXPECT_TRUE(session_.quantize(given, recipe_of("min_max"))->warnings.empty());
  EXPECT_TRUE(session_.quantize(calibration_, recipe_, source_of(12))->warnings.empty());
}

TEST_F(SessionQuantize, WithoutAChoiceLoadsNoSamples) {
  const RecipeFile fixed = recipe_of("mse");
  std::atomic<int> asked = 0;
  const auto count = [&asked](int64_t) { return ++asked < 0; };
  const Calibration calibration = calibrated(session_, fixed);
  const auto made = session_.quantize(calibration, fixed, source_of(12, count));
  ASSERT_TRUE(made.ok()) << made.status().to_string();
  EXPECT_EQ(asked, 0);
  EXPECT_TRUE(made->trials.empty());
}

TEST_F(SessionQuantize, RangesByHandWinInEveryTrial) {
  RecipeFile recipe = recipe_of("auto");
  recipe.recipe.input_ranges["x"] = {-51, 204};
  const auto made = session_.quantize(calibration_, recipe, source_of(12));
  ASSERT_TRUE(made.ok()) << made.status().to_string();
  const Graph& graph = made->session.graph();
  const ValueId x = graph.find_value("x_q");
  ASSERT_NE(x, kNoValue);
  EXPECT_EQ(graph.value(x).quant->scale, std::vector<float>{1});
  EXPECT_EQ(graph.value(x).quant->zero_point, std::vector<int32_t>{51});
}

TEST(Session, ModelThatComputesNothingIsTunedWithoutSteps) {
  Session session = session_of(model(graph({{1, node("Identity", {"c"}, {"y"})},
                                            {5, weights("c", {3}, 1)},
                                            {11, value("x", 1, {1, 4, 8, 8})},
                                            out("y")})));
  const RecipeFile recipe = recipe_of("auto", {"reconstruct"});
  const auto made = session.quantize(calibrated(session, recipe), recipe, source_of(2));
  ASSERT_TRUE(made.ok()) << made.status().to_string();
  EXPECT_TRUE(made->corrections.empty());
}

}  // namespace
}  // namespace octavo
