// x86 processors with AVX2 or AVX-512 but no VNNI multiply u8 by s8 with VPMADDUBSW, which adds two
// products to an int16 and saturates: with x up to 255, 255 * (w0 + w1) leaves int16 where two
// neighbours of a channel add up to more than 128. ONNX Runtime's documentation names it as the
// reason for its option reduce_range. Neighbours are input channels, as in engines that keep
// channels last; a depthwise convolution has none.
#include <cstdlib>

#include "quant/lint/rules.h"

namespace octavo::lint_rules {
namespace {

constexpr int kMostOfPair = 128;  // 255 * 128 < 2^15 <= 255 * 129

// Weights as (groups of) channels: element (channel, k, place), where pairs are k and k + 1.
struct Layout {
  int64_t channels, depth;
  int64_t channel_step, depth_step, place_step;  // in elements
  int64_t places;                                // positions of a kernel, directions of an LSTM
};

std::optional<Layout> layout_of(const Node& node, const Shape& shape) {
  if (node.op == Op::kConv && shape.rank() >= 3) {
    const int64_t places = shape.count(2, shape.rank());
    return Layout{shape[0], shape[1], shape[1] * places, places, 1, places};
  }
  if (node.op == Op::kDynamicQuantizeLSTM && shape.rank() == 3) {
    return Layout{shape[2], shape[1], 1, shape[2], shape[1] * shape[2], shape[0]};
  }
  if (shape.rank() != 2) return {};
  const bool rows_are_outputs = node.op == Op::kGemm && node.attrs.get_int("transB", 0) != 0;
  if (rows_are_outputs) return Layout{shape[0], shape[1], shape[1], 1, 1, 1};
  return Layout{shape[1], shape[0], 1, shape[1], 1, 1};
}

bool may_saturate(std::span<const int8_t> w, const Layout& layout, int64_t channel) {
  for (int64_t k = 0; k + 1 < layout.depth; k += 2) {
    for (int64_t place = 0; place < layout.places; ++place) {
      const int64_t at =
          channel * layout.channel_step + k * layout.depth_step + place * layout.place_step;
      const int pair = w[static_cast<size_t>(at)] + w[static_cast<size_t>(at + layout.depth_step)];
      if (std::abs(pair) > kMostOfPair) return true;
    }
  }
  return false;
}

// The int8 weights that a node multiplies integers by.
Result<std::vector<Tensor>> int8_weights(const Graph& graph, const Node& node) {
  std::vector<Tensor> found;
  if (node.op == Op::kMatMulInteger || node.op == Op::kDynamicQuantizeLSTM) {
    for (const size_t i : {1, 2}) {  // W and R of the LSTM, B of MatMulInteger
      const Constant* w = i < node.inputs.size() ? graph.constant(node.inputs[i]) : nullptr;
      if (!w || w->dtype() != DType::kInt8 || w->count() == 0) continue;
      OCTAVO_ASSIGN_OR_RETURN(Tensor tensor, w->read());
      found.push_back(std::move(tensor));
    }
  } else if (is_product(node) && node.op != Op::kConvTranspose &&
             behind_dequantize(graph, node.inputs[0])) {
    OCTAVO_ASSIGN_OR_RETURN(auto w, constant_integers(graph, node.inputs[1], DType::kInt8));
    if (w) found.push_back(std::move(w->tensor));
  }
  return found;
}

}  // namespace

Status check_saturation(Context& context) {
  const Graph& graph = context.graph();
  for (const NodeId id : context.order) {
    const Node& node = graph.node(id);
    OCTAVO_ASSIGN_OR_RETURN(const std::vector<Tensor> weights, int8_weights(graph, node));
    size_t count = 0, channels = 0;
    for (const Tensor& w : weights) {
      const std::optional<Layout> layout = layout_of(node, w.shape());
      if (!layout) continue;
      channels += static_cast<size_t>(layout->channels);
      for (int64_t channel = 0; channel < layout->channels; ++channel) {
        count += may_saturate(w.values<int8_t>(), *layout, channel) ? 1 : 0;
      }
    }
    if (count == 0) continue;
    context.find("saturation", Severity::kNote, node,
                 of(count, channels, "output channels") +
                     " can saturate int16 sums of two products on x86 processors without VNNI",
                 "for such processors use weights of 7 bits, or run it in ONNX Runtime with "
                 "session.x64quantprecision set to 1, which is exact and slower");
  }
  return {};
}

}  // namespace octavo::lint_rules
