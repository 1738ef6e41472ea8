// Conv, ConvTranspose and pools against loops over their definition, in both layouts.
#include <gtest/gtest.h>

#include <limits>

#include "graph/conv_geometry.h"
#include "tests/unit/graph/graph_builder.h"
#include "tests/unit/runtime/run_graph.h"

namespace octavo {
namespace {

struct Case {
  Shape x;
  Shape w;  // of pools: the kernel
  std::vector<std::pair<std::string, Attribute>> attrs;
};

std::string text(const Case& c) {
  std::string text = "x " + c.x.to_string() + " w " + c.w.to_string();
  for (const auto& [name, value] : c.attrs) {
    if (const Ints* ints = std::get_if<Ints>(&value)) text += " " + name + Shape(*ints).to_string();
  }
  return text;
}

Attributes attributes(const Case& c) {
  Attributes attrs;
  for (const auto& [name, value] : c.attrs) attrs.set(name, value);
  return attrs;
}

// Runs `op` alone, as the model has it and lowered; both must give the same bytes.
std::vector<float> run(Op op, const Case& c, const std::vector<Tensor>& constants) {
  GraphBuilder b;
  std::vector<ValueId> inputs = {b.input("x", c.x)};
  for (const Tensor& constant : constants)
    inputs.push_back(b.graph.add_constant("constant", constant));
  b.output(b.node(op, inputs, "y", c.attrs));
  const std::vector<Tensor> x = {noise_tensor(1, c.x)};
  const auto plain = run_graph(b.graph, x, {.lower = false});
  const auto lowered = run_graph(b.graph, x);
  EXPECT_TRUE(plain.ok()) << text(c) << ": " << plain.status().to_string();
  EXPECT_TRUE(lowered.ok()) << text(c) << ": " << lowered.status().to_string();
  if (!plain.ok() || !lowered.ok()) return {};
  EXPECT_EQ(floats_of((*plain)[0]), floats_of((*lowered)[0])) << text(c);
  return floats_of((*plain)[0]);
}

// x at (n, c, h, w); 0 outside.
struct Image {
  Image(const Tensor& tensor, const ConvGeometry& geometry)
      : values(tensor.values<float>()),
        h(geometry.h().in),
        w(geometry.w().in),
        c(geometry.in_channels) {}
  float at(int64_t n, int64_t channel, int64_t y, int64_t x) const {
    if (y < 0 || y >= h || x < 0 || x >= w) return 0.0f;
    return values[static_cast<size_t>(((n * c + channel) * h + y) * w + x)];
  }
  std::span<const float> values;
  int64_t h, w, c;
};

std::vector<float> convolve(const Case& c, const Tensor& w, const Tensor& bias) {
  const ConvGeometry g = *conv_geometry(attributes(c), c.x, c.w);
  const Tensor x = noise_tensor(1, c.x);
  const Image image(x, g);
  std::vector<float> out;
  for (int64_t n = 0; n < g.batch; ++n) {
    for (int64_t oc = 0; oc < g.out_channels; ++oc) {
      for (int64_t o = 0; o < g.h().out * g.w().out; ++o) {
        float acc = bias.values<float>()[static_cast<size_t>(oc)];
        for (int64_t k = 0; k < g.h().kernel * g.w().kernel; ++k) {
          const int64_t ih =
              o / g.w().out * g.h().stride + k / g.w().kernel * g.h().dilation - g.h().pad_begin;
          const int64_t iw =
              o % g.w().out * g.w().stride + k % g.w().kernel * g.w().dilation - g.w().pad_begin;
          for (int64_t ic = 0; ic < g.in_per_group(); ++ic) {
            const int64_t at = (oc * g.in_per_group() + ic) * g.h().kernel * g.w().kernel + k;
            const float product =
                image.at(n, oc / g.out_per_group() * g.in_per_group() + ic, ih, iw) *
                w.values<float>()[static_cast<size_t>(at)];
            acc = acc + product;
          }
        }
        out.push_back(acc);
      }
    }
  }
  return out;
}

const Case kConvs[] = {
    {{1, 3, 8, 9}, {5, 3, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}}},
    {{2, 3, 8, 9}, {8, 3, 3, 3}, {{"strides", Ints{2, 2}}, {"pads", Ints{0, 0, 1, 1}}}},
    {{1, 4, 7, 7}, {9, 4, 1, 1}, {}},
    {{2, 8, 5, 5}, {17, 8, 1, 1}, {{"strides", Ints{2, 2}}}},
    {{1, 2, 9, 9}, {3, 2, 3, 2}, {{"dilations", Ints{2, 3}}, {"pads", Ints{2, 3, 2, 3}}}},
    {{1, 6, 6, 6}, {4, 3, 3, 3}, {{"group", int64_t{2}}, {"pads", Ints{1, 1, 1, 1}}}},
    {{1, 6, 4, 4}, {6, 3, 1, 1}, {{"group", int64_t{2}}}},
    {{1, 5, 6, 7}, {5, 1, 3, 3}, {{"group", int64_t{5}}, {"pads", Ints{1, 1, 1, 1}}}},
    {{2, 20, 6, 7},
     {20, 1, 5, 5},
     {{"group", int64_t{20}}, {"pads", Ints{2, 2, 2, 2}}, {"strides", Ints{2, 2}}}},
    {{1, 3, 6, 7}, {6, 1, 3, 3}, {{"group", int64_t{3}}}},  // two outputs a channel
    {{2, 3, 17}, {4, 3, 5}, {{"pads", Ints{2, 2}}}},        // one spatial dimension
    {{1, 64, 3, 3}, {8, 64, 3, 3}, {{"auto_pad", std::string("SAME_UPPER")}}},
    // More patches than are gathered at a time
    {{1, 300, 9, 10}, {3, 300, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}}},
};

TEST(Conv, SumsFromTheBiasOverKernelThenChannels) {
  for (const Case& c : kConvs) {
    const Tensor w = noise_tensor(2, c.w);
    const Tensor bias = noise_tensor(3, Shape{c.w[0]});
    EXPECT_EQ(run(Op::kConv, c, {w, bias}), convolve(c, w, bias)) << text(c);
  }
}

TEST(Conv, EveryInstructionSetGivesTheSameBytes) {
  for (const Case& c : kConvs) {
    GraphBuilder b;
    const ValueId w = b.graph.add_constant("w", noise_tensor(2, c.w));
    b.output(b.node(Op::kConv, {b.input("x", c.x), w}, "y", c.attrs));
    const std::vector<Tensor> x = {noise_tensor(1, c.x)};
    const auto plain = run_graph(b.graph, x, {.isa = Isa::kRef});
    ASSERT_TRUE(plain.ok());
    for (const Isa isa : {Isa::kSimd128, best_isa()}) {
      const auto fast = run_graph(b.graph, x, {.isa = isa});
      ASSERT_TRUE(fast.ok());
      EXPECT_EQ(floats_of((*plain)[0]), floats_of((*fast)[0])) << name_of(isa) << ' ' << text(c);
    }
  }
}

TEST(Conv, TakesWeightsThatAreNoConstants) {
  const Case c = kConvs[0];
  GraphBuilder b;
  const ValueId x = b.input("x", c.x), w = b.input("w", c.w);
  b.output(b.node(Op::kConv, {x, w}, "y", c.attrs));
  const Tensor weights = noise_tensor(2, c.w);
  const auto made = run_graph(b.graph, {noise_tensor(1, c.x), weights});
  ASSERT_TRUE(made.ok()) << made.status().to_string();
  const Tensor zeros = Tensor::from(std::vector<float>(5, 0.0f), Shape{5});
  EXPECT_EQ(floats_of((*made)[0]), convolve(c, weights, zeros));
}

TEST(Conv, SaysThatVolumesAreNotSupported) {
  GraphBuilder b;
  const ValueId w = b.graph.add_constant("w", noise_tensor(2, Shape{1, 1, 2, 2, 2}));
  b.output(b.node(Op::kConv, {b.input("x", Shape{1, 1, 3, 3, 3}), w}, "y"));
  const auto plan = make_plan(b.graph);
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(plan.status().code(), ErrorCode::kModelUnsupported);
}

// Each output against the inputs that reach it, in double.
void expect_transposed(const Case& c, const std::vector<float>& out, const Tensor& w) {
  const ConvGeometry g = *conv_transpose_geometry(attributes(c), c.x, c.w);
  const Tensor x = noise_tensor(1, c.x);
  const Image image(x, g);
  const int64_t kernel = g.h().kernel * g.w().kernel;
  ASSERT_EQ(out.size(), static_cast<size_t>(g.batch * g.out_channels * g.h().out * g.w().out));
  std::vector<double> sums(out.size(), 0.0);
  for (int64_t n = 0; n < g.batch; ++n) {
    for (int64_t ic = 0; ic < g.in_channels; ++ic) {
      for (int64_t i = 0; i < g.h().in * g.w().in; ++i) {
        for (int64_t k = 0; k < kernel * g.out_per_group(); ++k) {
          const int64_t oc = ic / g.in_per_group() * g.out_per_group() + k / kernel;
          const int64_t kh = k % kernel / g.w().kernel, kw = k % g.w().kernel;
          const int64_t oh = i / g.w().in * g.h().stride + kh * g.h().dilation - g.h().pad_begin;
          const int64_t ow = i % g.w().in * g.w().stride + kw * g.w().dilation - g.w().pad_begin;
          if (oh < 0 || oh >= g.h().out || ow < 0 || ow >= g.w().out) continue;
          const auto at =
              static_cast<size_t>(((n * g.out_channels + oc) * g.h().out + oh) * g.w().out + ow);
          sums[at] += double{image.at(n, ic, i / g.w().in, i % g.w().in)} *
                      w.values<float>()[static_cast<size_t>(ic * kernel * g.out_per_group() + k)];
        }
      }
    }
  }
  for (size_t i = 0; i < out.size(); ++i) EXPECT_NEAR(out[i], sums[i], 1e-4) << text(c);
}

TEST(ConvTranspose, AddsEachInputUnderItsWindow) {
  const Case cases[] = {
      {{1, 3, 4, 5}, {3, 2, 3, 3}, {}},
      {{2, 4, 4, 5}, {4, 3, 2, 2}, {{"strides", Ints{2, 2}}}},
      {{1, 4, 4, 5},
       {4, 2, 3, 3},
       {{"group", int64_t{2}},
        {"strides", Ints{2, 1}},
        {"pads", Ints{1, 0, 1, 1}},
        {"output_padding", Ints{1, 0}}}},
      {{1, 2, 6}, {2, 3, 4}, {{"strides", Ints{2}}, {"dilations", Ints{2}}}},
  };
  for (const Case& c : cases) {
    const Tensor w = noise_tensor(2, c.w);
    expect_transposed(c, run(Op::kConvTranspose, c, {w}), w);
  }
}

// (n, c) images in order, each output from the values in its window and the taps in the padding.
template <typename Reduce>
std::vector<float> pooled(const Case& c, Reduce reduce) {
  const ConvGeometry g = *pool_geometry(attributes(c), c.x);
  const Tensor x = noise_tensor(1, c.x);
  const Image image(x, g);
  std::vector<float> out;
  for (int64_t i = 0; i < g.batch * g.in_channels; ++i) {
    for (int64_t o = 0; o < g.h().out * g.w().out; ++o) {
      std::vector<float> window;
      int64_t padded = 0;
      for (int64_t k = 0; k < g.h().kernel * g.w().kernel; ++k) {
        const int64_t ih =
            o / g.w().out * g.h().stride + k / g.w().kernel * g.h().dilation - g.h().pad_begin;
        const int64_t iw =
            o % g.w().out * g.w().stride + k % g.w().kernel * g.w().dilation - g.w().pad_begin;
        if (ih >= 0 && ih < g.h().in && iw >= 0 && iw < g.w().in) {
          window.push_back(image.at(i / g.in_channels, i % g.in_channels, ih, iw));
        } else if (ih < g.h().in + g.h().pad_end && iw < g.w().in + g.w().pad_end) {
          ++padded;
        }
      }
      out.push_back(reduce(window, padded));
    }
  }
  return out;
}

std::vector<Case> pools() {
  return {
      {{1, 5, 6, 7}, {}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}}},
      {{2, 17, 7, 7},
       {},
       {{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}, {"pads", Ints{1, 1, 1, 1}}}},
      {{1, 3, 8, 8},
       {},
       {{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}, {"ceil_mode", int64_t{1}}}},
      {{1, 3, 8, 8},
       {},
       {{"kernel_shape", Ints{3, 2}},
        {"strides", Ints{3, 3}},
        {"pads", Ints{1, 1, 1, 1}},
        {"ceil_mode", int64_t{1}}}},
      {{1, 4, 9}, {}, {{"kernel_shape", Ints{3}}, {"pads", Ints{1, 1}}}},
  };
}

TEST(MaxPool, TakesTheLargestOfEachWindow) {
  for (const Case& c : pools()) {
    EXPECT_EQ(run(Op::kMaxPool, c, {}), pooled(c,
                                               [](const std::vector<float>& window, int64_t) {
                                                 float best =
                                                     -std::numeric_limits<float>::infinity();
                                                 for (const float x : window)
                                                   best = std::max(best, x);
                                                 return best;
                                               }))
        << text(c);
  }
}

float sum_of(const std::vector<float>& window) {
  float sum = 0.0f;
  for (const float x : window) sum = sum + x;
  return sum;
}

TEST(AveragePool, LeavesPaddingOut) {
  for (const Case& c : pools()) {
    EXPECT_EQ(run(Op::kAveragePool, c, {}),
              pooled(c, [](const std::vector<float>& window,
                           int64_t) { return sum_of(window) / static_cast<float>(window.size()); }))
        << text(c);
  }
}

TEST(AveragePool, CountsPaddingWhereAskedButNotWhatLiesBeyond) {
  for (Case c : pools()) {
    c.attrs.push_back({"count_include_pad", int64_t{1}});
    EXPECT_EQ(run(Op::kAveragePool, c, {}),
              pooled(c,
                     [](const std::vector<float>& window, int64_t padded) {
                       return sum_of(window) /
                              static_cast<float>(static_cast<int64_t>(window.size()) + padded);
                     }))
        << text(c);
  }
}

TEST(GlobalPool, SeesTheWholeImage) {
  const Case c = {{2, 5, 3, 4}, {}, {}};
  const Tensor x = noise_tensor(1, c.x);
  std::vector<float> mean, max;
  for (size_t i = 0; i < 10; ++i) {
    const auto image = x.values<float>().subspan(i * 12, 12);
    mean.push_back(sum_of({image.begin(), image.end()}) / 12.0f);
    max.push_back(*std::max_element(image.begin(), image.end()));
  }
  EXPECT_EQ(run(Op::kGlobalAveragePool, c, {}), mean);
  EXPECT_EQ(run(Op::kGlobalMaxPool, c, {}), max);
}

}  // namespace
}  // namespace octavo
