#include "passes/channel_affine.h"

#include <cmath>

#include "passes/rewrite.h"

namespace octavo {
namespace {

// Products that weights in the file are multiplied by one after the other each time they are read;
// with more of them they are held.
constexpr int kMostChanges = 4;

// Where the weights of output channel c are: at outer * channels * inner + c * inner + 0..inner-1
// of a block; groups of a ConvTranspose are blocks one after another.
struct ChannelLayout {
  int64_t channels = 0;  // in one block
  int64_t outer = 1;
  int64_t inner = 1;
  int64_t blocks = 1;
};

ChannelLayout layout_of(const Node& node, const Shape& w) {
  if (node.op == Op::kConv) return {w[0], 1, w.count(1, w.rank()), 1};  // (M, C / groups, ...)
  if (node.op == Op::kConvTranspose) {                                  // (C, M / groups, ...)
    const int64_t groups = node.attrs.get_int("group", 1);
    if (groups < 1 || w[0] % groups != 0) return {};
    return {w[1], w[0] / groups, w.count(2, w.rank()), groups};
  }
  const bool transposed = node.attrs.get_int("transB", 0) != 0;
  return transposed ? ChannelLayout{w[0], 1, w[1], 1} : ChannelLayout{w[1], w[0], 1, 1};
}

int min_rank(Op op) { return op == Op::kGemm ? 2 : 3; }

Buffer scaled_weights(std::span<const float> w, const ChannelLayout& layout,
                      const std::vector<double>& scale) {
  std::vector<float> result;
  result.reserve(w.size());
  for (int64_t block = 0; block < layout.blocks; ++block) {
    for (int64_t o = 0; o < layout.outer; ++o) {
      for (int64_t c = 0; c < layout.channels; ++c) {
        const double s = scale[static_cast<size_t>(block * layout.channels + c)];
        for (int64_t i = 0; i < layout.inner; ++i) {
          result.push_back(static_cast<float>(w[result.size()] * s));
        }
      }
    }
  }
  return Buffer::copy_of(std::span<const float>(result));
}

// The bias of every channel; Gemm's may be one for all, and has a factor.
std::vector<double> old_bias(const Graph& graph, const Node& node, size_t channels) {
  const auto bias = float_constant(graph, input_or_none(node, 2));
  if (!bias) return std::vector<double>(channels, 0.0);
  const double beta = node.op == Op::kGemm ? node.attrs.get_float("beta", 1.0f) : 1.0;
  std::vector<double> result(channels);
  for (size_t c = 0; c < channels; ++c) result[c] = beta * (*bias)[bias->size() == 1 ? 0 : c];
  return result;
}

bool has_fitting_bias(const Graph& graph, const Node& node, int64_t channels) {
  const ValueId id = input_or_none(node, 2);
  if (id == kNoValue) return true;
  if (!is_float_constant(graph, id)) return false;
  const Shape& shape = graph.constant(id)->shape();
  const bool one_row = shape.rank() <= 1 || shape.count(0, shape.rank() - 1) == 1;
  const bool one_for_all = shape.count() == 1 && node.op == Op::kGemm;
  return one_row && (shape.count() == channels || one_for_all);
}

}  // namespace

int64_t affine_channels(const Graph& graph, const Node& node) {
  const ValueId weights = input_or_none(node, 1);
  if (!is_float_constant(graph, weights)) return 0;
  const Shape& w = graph.constant(weights)->shape();
  if (w.rank() < min_rank(node.op)) return 0;
  const ChannelLayout layout = layout_of(node, w);
  const int64_t channels = layout.channels * layout.blocks;
  return has_fitting_bias(graph, node, channels) ? channels : 0;
}

Status apply_affine(Graph& graph, NodeId id, const ChannelAffine& affine) {
  const Node& node = graph.node(id);
  const ValueId weights = node.inputs[1];
  Constant w = *graph.constant(weights);
  const std::string stem = graph.value(weights).name;
  const ChannelLayout layout = layout_of(node, w.shape());
  std::vector<double> bias =
      old_bias(graph, node, static_cast<size_t>(layout.channels * layout.blocks));
  for (size_t c = 0; c < bias.size(); ++c) {
    if (!affine.scale.empty()) bias[c] *= affine.scale[c];
    if (!affine.shift.empty()) bias[c] += affine.shift[c];
  }
  if (!affine.scale.empty()) {
    if (w.changes() == kMostChanges) {
      OCTAVO_ASSIGN_OR_RETURN(w, w.read());
    }
    replace_constant(graph, id, 1, stem + "_scaled",
                     w.changed(w.shape(), [layout, scale = affine.scale](const Tensor& tensor) {
                       return scaled_weights(tensor.values<float>(), layout, scale);
                     }));
  }
  const Shape shape{static_cast<int64_t>(bias.size())};
  replace_constant(graph, id, 2, stem + "_bias",
                   Tensor::from(std::vector<float>(bias.begin(), bias.end()), shape));
  graph.node(id).attrs.erase("beta");  // it is in the bias now
  return {};
}

std::optional<ChannelAffine> affine_of_batch_normalization(const Graph& graph, const Node& node,
                                                           int64_t channels) {
  if (node.attrs.get_int("training_mode", 0) != 0) return std::nullopt;
  std::span<const float> parameters[4];  // scale, bias, mean, variance
  for (size_t i = 0; i < 4; ++i) {
    const auto values = float_constant(graph, input_or_none(node, i + 1));
    if (!values || static_cast<int64_t>(values->size()) != channels) return std::nullopt;
    parameters[i] = *values;
  }
  const double epsilon = node.attrs.get_float("epsilon", 1e-5f);
  ChannelAffine affine;
  for (size_t c = 0; c < static_cast<size_t>(channels); ++c) {
    const double variance = parameters[3][c];
    const double scale = parameters[0][c] / std::sqrt(variance + epsilon);
    const double shift = parameters[1][c] - parameters[2][c] * scale;
    if (variance < 0 || !std::isfinite(scale) || !std::isfinite(shift)) return std::nullopt;
    affine.scale.push_back(scale);
    affine.shift.push_back(shift);
  }
  return affine;
}

}  // namespace octavo
