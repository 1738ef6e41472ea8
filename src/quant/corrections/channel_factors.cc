#include "quant/corrections/channel_factors.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "quant/corrections/product_channels.h"

namespace octavo {
namespace {

const std::vector<int>* find(const ChannelFactors& factors, const Graph& graph, ValueId id) {
  const auto found = factors.find(graph.value(id).name);
  return found == factors.end() ? nullptr : &found->second;
}

int exponent_of(const std::vector<int>* exponents, size_t channel) {
  return exponents ? (*exponents)[channel] : 0;
}

float scaled(float x, int exponent) { return std::ldexp(x, exponent); }

Constant scaled_weights(const Constant& weights, const ProductChannels& channels,
                        std::vector<int> in, std::vector<int> out) {
  const auto change = [channels, in = std::move(in), out = std::move(out)](const Tensor& from) {
    std::vector<float> w(from.values<float>().begin(), from.values<float>().end());
    for (size_t o = 0; o < channels.outputs; ++o) {
      for (size_t k = 0; k < channels.seen; ++k) {
        const int exponent =
            (in.empty() ? 0 : in[channels.input(o, k)]) - (out.empty() ? 0 : out[o]);
        float* const taps = &w[channels.place(o, k)];
        for (size_t t = 0; t < channels.taps; ++t) taps[t] = scaled(taps[t], exponent);
      }
    }
    return Buffer::copy_of(std::as_bytes(std::span(w)));
  };
  return weights.changed(weights.shape(), change);
}

Constant scaled_bias(const Constant& bias, std::vector<int> out) {
  const auto change = [out = std::move(out)](const Tensor& from) {
    std::vector<float> b(from.values<float>().begin(), from.values<float>().end());
    for (size_t o = 0; o < b.size(); ++o) b[o] = scaled(b[o], -out[o]);
    return Buffer::copy_of(std::as_bytes(std::span(b)));
  };
  return bias.changed(bias.shape(), change);
}

}  // namespace

ChannelFactors factors_of(const Graph& graph, const ChannelClasses& classes,
                          const std::vector<int>& exponents) {
  ChannelFactors factors;
  for (size_t v = 0; v < graph.value_count(); ++v) {
    const auto id = static_cast<ValueId>(v);
    std::vector<int> channels;
    for (int64_t c = 0; c < classes.channels(id); ++c) {
      channels.push_back(exponents[classes.class_of(id, c)]);
    }
    const bool none = std::all_of(channels.begin(), channels.end(), [](int e) { return e == 0; });
    if (!none) factors[graph.value(id).name] = std::move(channels);
  }
  return factors;
}

Result<ChannelFactors> factors_from_products(const Graph& graph, const ChannelFactors& outputs) {
  const ChannelClasses classes(graph, {});
  std::vector<int> exponents(classes.count());
  std::vector<bool> known(classes.count());
  size_t found = 0;
  for (const NodeId id : classes.products()) {
    const ValueId y = graph.node(id).outputs[0];
    const std::vector<int>* const given = find(outputs, graph, y);
    if (given && std::ssize(*given) != classes.channels(y)) {
      return Status(ErrorCode::kInvalidArgument, "wants a factor for each channel",
                    describe(graph.node(id)));
    }
    found += given ? 1 : 0;
    for (int64_t c = 0; c < classes.channels(y); ++c) {
      const size_t one = classes.class_of(y, c);
      const int exponent = exponent_of(given, static_cast<size_t>(c));
      const bool fits = std::abs(exponent) <= kMostExponent &&
                        (exponent == 0 || !classes.is_fixed(one)) &&
                        (!known[one] || exponents[one] == exponent);
      if (!fits) {
        return Status(ErrorCode::kInvalidArgument, "no factor that keeps the model's function",
                      describe(graph.node(id)) + ", channel " + std::to_string(c));
      }
      exponents[one] = exponent;
      known[one] = true;
    }
  }
  if (found < outputs.size()) {
    return Status(ErrorCode::kInvalidArgument, "factors of what is no product of the model");
  }
  return factors_of(graph, classes, exponents);
}

ChannelFactors factors_of_products(const Graph& graph, const ChannelFactors& factors) {
  ChannelFactors outputs;
  const ChannelClasses classes(graph, {});
  for (const NodeId id : classes.products()) {
    const ValueId y = graph.node(id).outputs[0];
    if (const std::vector<int>* exponents = find(factors, graph, y)) {
      outputs[graph.value(y).name] = *exponents;
    }
  }
  return outputs;
}

void scale_products(Graph& graph, const ChannelFactors& factors) {
  if (factors.empty()) return;
  const ChannelClasses classes(graph, {});
  for (const NodeId id : classes.products()) {
    const Node& node = graph.node(id);
    const std::vector<int>* const in = find(factors, graph, node.inputs[0]);
    const std::vector<int>* const out = find(factors, graph, node.outputs[0]);
    scale_product(graph, id, in ? *in : std::vector<int>(), out ? *out : std::vector<int>());
  }
}

void scale_product(Graph& graph, NodeId id, const std::vector<int>& in,
                   const std::vector<int>& out) {
  if (in.empty() && out.empty()) return;
  const Node& node = graph.node(id);
  Value& weights = graph.value(node.inputs[1]);
  weights.constant = share(scaled_weights(
      *weights.constant, ProductChannels::make(node, weights.constant->shape()), in, out));
  if (out.empty() || node.inputs.size() < 3 || node.inputs[2] == kNoValue) return;
  Value& bias = graph.value(node.inputs[2]);
  bias.constant = share(scaled_bias(*bias.constant, out));
}

void divide_channels(std::vector<float>& values, int64_t batch, const std::vector<int>& exponents) {
  const size_t rows = static_cast<size_t>(batch) * exponents.size();
  if (rows == 0 || values.size() % rows != 0) return;  // of another shape: nothing that we know
  const size_t inner = values.size() / rows;
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = scaled(values[i], -exponents[i / inner % exponents.size()]);
  }
}

}  // namespace octavo
