// A network with every layer that tuning and corrections work on, samples for it, and the way from
// both to integers.
#pragma once

#include "quant/calibrate.h"
#include "tests/unit/quant/small_graph.h"
#include "tests/unit/runtime/run_graph.h"

namespace octavo {

using Sample = std::vector<Tensor>;

inline Attributes attributes_of(std::initializer_list<std::pair<const char*, Attribute>> list) {
  Attributes attrs;
  for (const auto& [name, value] : list) attrs.set(name, value);
  return attrs;
}

class SmallNetwork : public SmallGraph {
 public:
  // Weights of noise and, unless `bias` is off, a bias.
  ValueId product(Op op, const std::string& name, ValueId x, const Shape& weights, int64_t outputs,
                  Shape y, Attributes attrs = {}, bool bias = true) {
    std::vector<ValueId> inputs = {x, noise(name + "_w", weights)};
    if (bias) inputs.push_back(noise(name + "_b", Shape{outputs}));
    return node(op, name, inputs, std::move(y), std::move(attrs));
  }

  ValueId noise(const std::string& name, const Shape& shape) {
    return graph.add_constant(name, noise_tensor(++seed_, shape));
  }

 private:
  uint32_t seed_ = 0;
};

inline const Shape kImage = {1, 4, 8, 8};

// x (1, 4, 8, 8) -> Conv -> Relu -> Conv of stride 2 -> Flatten -> Gemm -> y (1, 5)
inline Graph small_network() {
  SmallNetwork net;
  const ValueId x = net.input("x", kImage);
  const ValueId c1 = net.product(Op::kConv, "c1", x, {8, 4, 3, 3}, 8, {1, 8, 8, 8},
                                 attributes_of({{"pads", std::vector<int64_t>{1, 1, 1, 1}}}));
  const ValueId r1 = net.node(Op::kRelu, "r1", {c1}, {1, 8, 8, 8});
  const ValueId c2 = net.product(Op::kConv, "c2", r1, {6, 8, 3, 3}, 6, {1, 6, 3, 3},
                                 attributes_of({{"strides", std::vector<int64_t>{2, 2}}}));
  const ValueId flat = net.node(Op::kFlatten, "flat", {c2}, {1, 54});
  net.output(net.product(Op::kGemm, "y", flat, {54, 5}, 5, {1, 5}));
  return net.graph;
}

inline std::vector<Sample> samples_of(int count, const Shape& shape = kImage) {
  std::vector<Sample> samples;
  for (int i = 0; i < count; ++i) {
    samples.push_back({noise_tensor(static_cast<uint32_t>(100 + i), shape)});
  }
  return samples;
}

inline SampleSource source_of(const std::vector<Sample>& samples) {
  return {std::ssize(samples), [](int64_t i) { return "sample " + std::to_string(i); },
          [samples](int64_t i, int) -> Result<Sample> { return samples[static_cast<size_t>(i)]; }};
}

inline Calibration calibrated(const Graph& graph, const std::vector<Sample>& samples,
                              const Recipe& recipe) {
  const auto plan = make_plan(graph);
  EXPECT_TRUE(plan.ok()) << plan.status().to_string();
  auto made = calibrate(*plan, values_to_observe(graph, recipe), source_of(samples), recipe, 1);
  EXPECT_TRUE(made.ok()) << made.status().to_string();
  return made.ok() ? *std::move(made) : Calibration{};
}

// Of the first output, over all samples.
inline double mean_square_error(const Graph& exact, const Graph& rough,
                                const std::vector<Sample>& samples) {
  double sum = 0;
  for (const Sample& sample : samples) {
    const auto a = run_graph(exact, sample), b = run_graph(rough, sample);
    EXPECT_TRUE(a.ok() && b.ok()) << a.status().to_string() << b.status().to_string();
    if (!a.ok() || !b.ok()) return 0;
    const std::vector<float> y = floats_of((*a)[0]), other = floats_of((*b)[0]);
    for (size_t i = 0; i < y.size(); ++i) {
      const double e = static_cast<double>(y[i]) - static_cast<double>(other[i]);
      sum += e * e / static_cast<double>(y.size());
    }
  }
  return sum / static_cast<double>(samples.size());
}

// All constants, to compare graphs by.
inline std::string constants_of(const Graph& graph) {
  std::string bytes;
  for (ValueId id = 0; id < static_cast<ValueId>(graph.value_count()); ++id) {
    const Tensor* tensor = graph.is_constant(id) ? graph.held_constant(id) : nullptr;
    if (!tensor) continue;
    bytes += graph.value(id).name;
    bytes.append(static_cast<const char*>(tensor->data()), tensor->buffer().size());
  }
  return bytes;
}

}  // namespace octavo
