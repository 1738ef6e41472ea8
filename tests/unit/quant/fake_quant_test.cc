#include "quant/fake_quant.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>

#include "quant/params.h"
#include "tests/unit/quant/small_graph.h"
#include "tests/unit/runtime/run_graph.h"

namespace octavo {
namespace {

// x -> pair -> Conv(w -> pair) -> Div -> BatchNormalization -> Relu -> pair -> Conv -> pair -> y
class Trained : public testing::Test {
 protected:
  Trained() {
    const ValueId x = pair(small_.input("x", Shape{1, 2, 4, 4}), "x", {0.02f}, {128});
    const std::vector<float> w = floats_of(noise_tensor(3, Shape{3, 2, 1, 1}));
    Attributes axis;
    axis.set("axis", int64_t{0});
    const ValueId trained = pair(small_.constant("w", w, Shape{3, 2, 1, 1}), "w",
                                 {0.02f, 0.03f, 0.017f}, {0, 0, 0}, axis);
    ValueId y = small_.node(Op::kConv, "conv", {x, trained}, Shape{1, 3, 4, 4});
    y = small_.node(Op::kDiv, "div", {y, small_.constant("k", {2, 0.5f, -4}, Shape{1, 3, 1, 1})},
                    Shape{1, 3, 4, 4});
    y = small_.node(
        Op::kBatchNormalization, "bn",
        {y, small_.constant("gamma", {1.5f, 1, 1}, {3}), small_.constant("beta", {0.1f, 0, 1}, {3}),
         small_.constant("mean", {0, 0.5f, 0}, {3}), small_.constant("var", {1, 4, 1}, {3})},
        Shape{1, 3, 4, 4});
    y = pair(small_.node(Op::kRelu, "relu", {y}, Shape{1, 3, 4, 4}), "relu", {0.015f}, {0});
    const ValueId v =
        pair(small_.constant("v", floats_of(noise_tensor(4, {2, 3, 1, 1})), {2, 3, 1, 1}), "v",
             {0.02f}, {0}, axis);
    y = small_.node(Op::kConv, "end", {y, v}, Shape{1, 2, 4, 4});
    small_.output(pair(y, "end", {0.05f}, {100}));
  }

  // `most`: where the integers are cut by a Clip.
  ValueId pair(ValueId real, const std::string& name, std::vector<float> scale,
               const std::vector<int>& zeros, Attributes attrs = {},
               std::optional<uint8_t> most = {}) {
    const bool is_weight = small_.graph.is_constant(real);
    const Shape shape = scale.size() == 1 ? Shape{} : Shape{static_cast<int64_t>(scale.size())};
    const ValueId s = small_.constant(name + "_s", scale, shape);
    const ValueId z = small_.graph.add_constant(
        name + "_z", is_weight
                         ? Tensor::from(std::vector<int8_t>(zeros.begin(), zeros.end()), shape)
                         : Tensor::from(std::vector<uint8_t>(zeros.begin(), zeros.end()), shape));
    const Shape dims = *small_.graph.value(real).shape;
    ValueId q = small_.node(Op::kQuantizeLinear, name + "_to_q", {real, s, z}, dims, attrs);
    small_.graph.value(q).dtype = is_weight ? DType::kInt8 : DType::kUint8;
    if (most) {
      const ValueId high = small_.graph.add_constant(
          name + "_most",
          is_weight ? Tensor::scalar(static_cast<int8_t>(*most)) : Tensor::scalar(*most));
      q = small_.node(Op::kClip, name + "_cut", {q, kNoValue, high}, dims);
      small_.graph.value(q).dtype = is_weight ? DType::kInt8 : DType::kUint8;
    }
    return small_.node(Op::kDequantizeLinear, name + "_from_q", {q, s, z}, dims, attrs);
  }

  SmallGraph small_;
};

TEST_F(Trained, BecomesAnIntegerModelWithoutCalibration) {
  const QuantizeResult result = quantized(small_.graph, {});
  for (const char* name : {"conv", "end"}) EXPECT_TRUE(line_of(result, name).quantized) << name;
  EXPECT_EQ(count_ops(result.graph, Op::kDiv) + count_ops(result.graph, Op::kBatchNormalization) +
                count_ops(result.graph, Op::kRelu),
            0);
  EXPECT_EQ(count_ops(result.graph, Op::kQuantizeLinear), 3) << "no float weights are left";
}

TEST_F(Trained, KeepsTheParametersOfTraining) {
  const Graph graph = quantized(small_.graph, {}).graph;
  EXPECT_EQ(params_of(graph, "x").scale, std::vector<float>{0.02f});
  EXPECT_EQ(params_of(graph, "x").zero_point, std::vector<int32_t>{128});
  EXPECT_EQ(params_of(graph, "relu").scale, std::vector<float>{0.015f});
  EXPECT_EQ(graph.value(graph.outputs[0]).name, "end_from_q");
  EXPECT_EQ(params_of(graph, "v_from_q").scale, std::vector<float>{0.02f});
}

TEST_F(Trained, WinsOverCalibration) {
  const Graph graph =
      quantized(small_.graph, ranges_of({{"x", {-100, 100}}, {"relu", {0, 100}}})).graph;
  EXPECT_EQ(params_of(graph, "x").scale, std::vector<float>{0.02f});
  EXPECT_EQ(params_of(graph, "relu").scale, std::vector<float>{0.015f});
}

TEST_F(Trained, GivesTheAnswersOfTheTrainedModel) {
  const std::vector<Tensor> inputs = {noise_tensor(1, Shape{1, 2, 4, 4})};
  const auto wanted = run_graph(small_.graph, inputs, {.lower = false});
  const auto found = run_graph(quantized(small_.graph, {}).graph, inputs);
  ASSERT_TRUE(wanted.ok() && found.ok())
      << wanted.status().to_string() << found.status().to_string();
  int off = 0;
  for (size_t i = 0; i < 32; ++i) {
    const double steps = (floats_of((*wanted)[0])[i] - floats_of((*found)[0])[i]) / 0.05;
    EXPECT_LT(std::fabs(steps), 1.01) << i;
    off += std::fabs(steps) > 0.01;
  }
  EXPECT_LE(off, 3) << "roundings next to a tie";
}

TEST_F(Trained, MovesTheIntegersOfActivationsToInt8) {
  Recipe recipe;
  recipe.activations = DType::kInt8;
  const QuantParams params = params_of(quantized(small_.graph, {}, recipe).graph, "x");
  EXPECT_EQ(params.dtype, DType::kInt8);
  EXPECT_EQ(params.zero_point, std::vector<int32_t>{0});
}

TEST_F(Trained, WeightsOfScaledChannelsKeepTheirIntegers) {
  Graph graph = small_.graph;
  const auto found = take_out_fake_quant(graph);
  ASSERT_TRUE(found.ok());
  const TrainedWeights& trained = found->weights.at("conv");
  const Tensor* w = graph.held_constant(node_named(graph, "conv").inputs[1]);
  std::vector<float> scaled(w->values<float>().begin(), w->values<float>().end());
  for (size_t i = 2; i < 4; ++i) scaled[i] *= -3;
  const QuantParams now = scales_now(trained, Tensor::from(scaled, w->shape()), 0);
  EXPECT_EQ(now.scale[0], 0.02f);
  EXPECT_NEAR(now.scale[1], 0.09f, 1e-6);
  EXPECT_EQ(now.scale[2], 0.017f);
}

TEST_F(Trained, IsNoModelOfIntegers) {
  EXPECT_TRUE(is_fake_quantized(small_.graph));
  EXPECT_TRUE(check_is_float(small_.graph).ok());
  const Graph graph = quantized(small_.graph, {}).graph;
  EXPECT_FALSE(is_fake_quantized(graph));
  EXPECT_NE(check_is_float(graph).message().find("already quantized"), std::string::npos);
}

// x -> pair cut to 7 bits -> Conv(w -> pair cut to 30) -> pair -> Clip(-1, 2) -> Conv -> pair -> y
class TrainedWithClips : public Trained {
 protected:
  TrainedWithClips() {
    small_ = SmallGraph();
    const Shape shape{1, 2, 4, 4}, w_shape{2, 2, 1, 1};
    const ValueId x = pair(small_.input("x", shape), "x", {0.03f}, {64}, {}, 127);
    const ValueId w = pair(small_.constant("w", floats_of(noise_tensor(3, w_shape)), w_shape), "w",
                           {0.04f}, {0}, {}, 30);
    ValueId y = pair(small_.node(Op::kConv, "conv", {x, w}, shape), "conv", {0.05f}, {120});
    y = small_.node(Op::kClip, "clip",
                    {y, small_.constant("low", {-1}, {}), small_.constant("high", {2}, {})}, shape);
    const ValueId v =
        pair(small_.constant("v", floats_of(noise_tensor(4, w_shape)), w_shape), "v", {0.02f}, {0});
    small_.output(pair(small_.node(Op::kConv, "end", {y, v}, shape), "end", {0.05f}, {100}));
  }
};

TEST_F(TrainedWithClips, BecomesAnIntegerModelWithTheAnswersOfTheTrainedOne) {
  ASSERT_TRUE(is_fake_quantized(small_.graph));
  const QuantizeResult result = quantized(small_.graph, {});
  for (const char* name : {"conv", "end"}) EXPECT_TRUE(line_of(result, name).quantized) << name;
  EXPECT_EQ(count_ops(result.graph, Op::kClip), 0);
  const std::vector<Tensor> inputs = {noise_tensor(1, Shape{1, 2, 4, 4})};
  const auto wanted = run_graph(small_.graph, inputs, {.lower = false});
  const auto found = run_graph(result.graph, inputs);
  ASSERT_TRUE(wanted.ok() && found.ok())
      << wanted.status().to_string() << found.status().to_string();
  for (size_t i = 0; i < 32; ++i) {  // 8 bits where training had 7, and one rounding less
    EXPECT_NEAR(floats_of((*wanted)[0])[i], floats_of((*found)[0])[i], 0.151) << i;
  }
}

TEST_F(TrainedWithClips, HasTheRangesOfTheClips) {
  Graph graph = small_.graph;
  const auto found = take_out_fake_quant(graph);
  ASSERT_TRUE(found.ok());
  const Range x = range_of(found->activations.at("x"));
  EXPECT_FLOAT_EQ(x.min, -64 * 0.03f);
  EXPECT_FLOAT_EQ(x.max, 63 * 0.03f);
  EXPECT_EQ(count_ops(graph, Op::kClip), 1) << "of floats";
  for (const float w : floats_of(*graph.held_constant(node_named(graph, "conv").inputs[1]))) {
    EXPECT_LE(w, 30 * 0.04f);
  }
  EXPECT_EQ(params_of(quantized(small_.graph, {}).graph, "clip").scale[0],
            activation_params({-1, 2}, DType::kUint8).scale[0]);
  Recipe seven;
  seven.activation_bits = 7;
  EXPECT_EQ(params_of(quantized(small_.graph, {}, seven).graph, "x").scale[0], 0.03f);
}

TEST_F(TrainedWithClips, IsNoneWhereTheClipIsSeenOrCutsOffZero) {
  SmallGraph seen = small_;
  seen.output(seen.graph.find_value("x_cut"));
  EXPECT_FALSE(is_fake_quantized(seen.graph));
  const ValueId five = small_.graph.add_constant("five", Tensor::scalar(uint8_t{5}));
  const NodeId cut = small_.graph.producer(small_.graph.find_value("x_cut"));
  small_.graph.set_input(cut, 2, five);  // below the zero point, 64
  EXPECT_FALSE(is_fake_quantized(small_.graph));
}

TEST_F(Trained, ActivationsWithoutPairAndRangeStayFloatAndSayWhy) {
  const ValueId y = small_.graph.outputs[0];
  small_.graph.outputs.clear();
  small_.output(small_.conv("more", y, {1, 1}, 1));
  const QuantizeResult result = quantized(small_.graph, {});
  EXPECT_EQ(line_of(result, "more").reason, "calibration gave no range for 'more'");
  EXPECT_TRUE(line_of(quantized(small_.graph, ranges_of({{"more", {-1, 1}}})), "more").quantized);
}

}  // namespace
}  // namespace octavo
