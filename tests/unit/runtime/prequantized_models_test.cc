// Models that came quantized from elsewhere, where they are: TensorFlow Lite's MobileNet V2 as QDQ,
// and PyTorch's export after training for quantization.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "engine/session.h"
#include "passes/pass.h"
#include "tests/unit/kernels/byte_noise.h"

namespace octavo {
namespace {

namespace fs = std::filesystem;

struct PrequantizedModel {
  const char* path;
  std::map<std::string, int> integer_ops;  // and no float convolution or product
};

const PrequantizedModel kModels[] = {
    {"onnx/mobilenet_v2_1.0_224_qdq.onnx",
     {{"QLinearConv", 53}, {"QLinearAdd", 10}, {"QLinearGlobalAveragePool", 1}}},
    {"architectures/qat_small_resnet.onnx",
     {{"QLinearConv", 3}, {"QLinearAdd", 1}, {"QLinearGlobalAveragePool", 1}, {"QLinearGemm", 1}}},
};

fs::path data_folder() {
  const char* given = std::getenv("OCTAVO_DATA");
  return given != nullptr ? given : "../shared/data";
}

// A smooth image: neighbours are alike, as in pictures.
Tensor smooth_image(const Shape& shape) {
  Noise noise(5);
  std::vector<float> pixels;
  float value = 0.0f;
  for (int64_t i = 0; i < shape.count(); ++i) {
    value = 0.95f * value + noise.real(-0.2f, 0.2f);
    pixels.push_back(value);
  }
  return Tensor::from(pixels, shape);
}

std::vector<float> run(const Graph& graph, const PlanOptions& options, const Tensor& image) {
  const auto plan = make_plan(graph, options);
  EXPECT_TRUE(plan.ok()) << plan.status().to_string();
  if (!plan.ok()) return {};
  Executor executor(*plan);
  const TensorView input{image.dtype(), image.shape(), const_cast<void*>(image.data())};
  const auto outputs = executor.run({&input, 1});
  EXPECT_TRUE(outputs.ok()) << outputs.status().to_string();
  if (!outputs.ok()) return {};
  const auto values = (*outputs)[0].values<float>();
  return {values.begin(), values.end()};
}

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double ab = 0, aa = 0, bb = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    ab += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    aa += static_cast<double>(a[i]) * static_cast<double>(a[i]);
    bb += static_cast<double>(b[i]) * static_cast<double>(b[i]);
  }
  return ab / std::sqrt(aa * bb);
}

class PrequantizedModels : public testing::TestWithParam<PrequantizedModel> {
 protected:
  void SetUp() override {
    const fs::path path = data_folder() / GetParam().path;
    if (!fs::exists(path)) GTEST_SKIP() << "no " << path.string();
    const auto source = open_file(path.string());
    ASSERT_TRUE(source.ok());
    auto session = Session::open(*source);
    ASSERT_TRUE(session.ok()) << session.status().to_string();
    graph_ = session->graph();
    Shape shape = *graph_.value(graph_.inputs[0]).shape;
    for (int64_t& dim : shape.dims()) dim = dim < 0 ? 1 : dim;
    const InputShape input{graph_.value(graph_.inputs[0]).name, shape};
    ASSERT_TRUE(specialize(graph_, {&input, 1}, PassContext{evaluate_node}).ok());
    image_ = smooth_image(shape);
  }

  Graph graph_;
  Tensor image_;
};

TEST_P(PrequantizedModels, RunOnIntegersAlone) {
  const auto plan = make_plan(graph_);
  ASSERT_TRUE(plan.ok()) << plan.status().to_string();
  std::map<std::string, int> counts;
  for (const Step& step : (*plan)->steps) ++counts[name_of((*plan)->graph.node(step.node).op)];
  for (const auto& [op, count] : GetParam().integer_ops) EXPECT_EQ(counts[op], count) << op;
  for (const char* op : {"Conv", "Gemm", "MatMul", "Add"}) EXPECT_EQ(counts[op], 0) << op;
}

TEST_P(PrequantizedModels, GiveTheSameBitsOnEveryInstructionSet) {
  const std::vector<float> plain = run(graph_, {.isa = Isa::kRef}, image_);
  EXPECT_EQ(run(graph_, {.isa = Isa::kSimd128}, image_), plain);
  EXPECT_EQ(run(graph_, {.isa = best_isa()}, image_), plain) << name_of(best_isa());
}

TEST_P(PrequantizedModels, AgreeWithTheirFloatOperators) {
  const std::vector<float> integers = run(graph_, {}, image_);
  const std::vector<float> floats = run(graph_, {.lower = false}, image_);
  ASSERT_EQ(integers.size(), floats.size());
  EXPECT_GT(cosine(integers, floats), 0.99);
}

INSTANTIATE_TEST_SUITE_P(Data, PrequantizedModels, testing::ValuesIn(kModels));

}  // namespace
}  // namespace octavo
