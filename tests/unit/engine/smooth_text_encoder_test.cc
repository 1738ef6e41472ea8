// SmoothQuant on a whole transformer, where it is.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "engine/session.h"
#include "passes/pass.h"
#include "quant/corrections/correction_list.h"
#include "quant/tuner.h"
#include "tests/unit/kernels/byte_noise.h"

namespace octavo {
namespace {

namespace fs = std::filesystem;
constexpr int64_t kTokens = 32;

std::vector<Tensor> text(uint32_t seed) {
  Noise noise(seed);
  std::vector<int64_t> ids, mask(kTokens, 1);
  for (int64_t i = 0; i < kTokens; ++i) ids.push_back(static_cast<int64_t>(noise.real(0, 1000)));
  return {Tensor::from(ids, Shape{1, kTokens}), Tensor::from(mask, Shape{1, kTokens})};
}

Result<std::shared_ptr<const Plan>> plan_of(const Graph& graph, std::span<const Shape> shapes) {
  Graph bound = graph;
  std::vector<InputShape> named;
  for (size_t i = 0; i < shapes.size(); ++i) {
    named.push_back({graph.value(graph.inputs[i]).name, shapes[i]});
  }
  OCTAVO_RETURN_IF_ERROR(specialize(bound, named, {evaluate_node}));
  return make_plan(bound);
}

class SmoothTextEncoder : public testing::Test {
 protected:
  void SetUp() override {
    const char* given = std::getenv("OCTAVO_DATA");
    const fs::path path = fs::path(given != nullptr ? given : "../shared/data") /
                          "architectures/text_encoder_4x192.onnx";
    if (!fs::exists(path)) GTEST_SKIP() << "no " << path.string();
    auto source = open_file(path.string());
    ASSERT_TRUE(source.ok()) << source.status().to_string();
    auto session = Session::open(*std::move(source));
    ASSERT_TRUE(session.ok()) << session.status().to_string();
    graph_ = session->graph();
    for (uint32_t seed = 1; seed <= 4; ++seed) samples_.push_back(text(seed));
  }

  // SQNR in dB of the outputs with the widest ranges, and with the strength that was found.
  std::pair<double, double> plain_and_smoothed(const Graph& graph) {
    Recipe recipe;
    recipe.corrections = {kSmooth};
    const SampleSource source = {std::ssize(samples_),
                                 [](int64_t i) { return "text " + std::to_string(i); },
                                 [&](int64_t i, int) -> Result<std::vector<Tensor>> {
                                   return samples_[static_cast<size_t>(i)];
                                 }};
    auto calibration = calibrate(*plan_of(graph, shapes_of(samples_[0])),
                                 values_to_observe(graph, recipe), source, recipe, 1);
    EXPECT_TRUE(calibration.ok()) << calibration.status().to_string();
    auto tuner = Tuner::make(graph, *std::move(calibration), recipe, plan_of);
    EXPECT_TRUE(tuner.ok()) << tuner.status().to_string();
    for (const auto& sample : samples_) tuner->add(sample);
    Status status = tuner->begin();
    while (status.ok() && !tuner->ended()) status = tuner->step();
    EXPECT_TRUE(status.ok()) << status.to_string();
    const Tuned tuned = tuner->finish();
    std::pair<double, double> found;
    for (const Trial& trial : tuned.trials) {
      if (trial.name == "observer min_max") found.first = trial.verdict.sqnr_db;
      if (trial.kept) found.second = trial.verdict.sqnr_db;
      std::printf("  %s: %.2f dB%s\n", trial.name.c_str(), trial.verdict.sqnr_db,
                  trial.kept ? ", kept" : "");
    }
    return found;
  }

  Graph graph_;
  std::vector<std::vector<Tensor>> samples_;
};

TEST_F(SmoothTextEncoder, HasAPlaceBehindEachNormalizationOfItsBlocks) {
  EXPECT_EQ(find_smooth_places(graph_, {}).size(), 8u);
}

TEST_F(SmoothTextEncoder, IsNoWorse) {
  const auto [plain, smoothed] = plain_and_smoothed(graph_);
  EXPECT_GE(smoothed, plain - 0.01);
}

// The same function with a few features 64 times as large, as those of large language models are.
TEST_F(SmoothTextEncoder, GainsWhereFeaturesAreLargerThanOthers) {
  ChannelFactors uneven;
  for (const SmoothPlace& place : find_smooth_places(graph_, {})) {
    std::vector<int>& exponents = uneven[graph_.value(place.values[0]).name];
    exponents.resize(place.features);
    for (const size_t k : {3, 50, 111}) exponents[k] = -6;
  }
  Graph graph = graph_;
  smooth(graph, uneven);
  const auto [plain, smoothed] = plain_and_smoothed(graph);
  EXPECT_GT(smoothed, plain + 10);
}

}  // namespace
}  // namespace octavo
