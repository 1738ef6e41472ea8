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
  int64_t channel_step, depth_step;  // in elements
  int64_t places;                    // positions of a kernel, one element apart
};

std::optional<Layout> layout_of(const Node& node, const Shape& shape) {
  if (node.op == Op::kConv && shape.rank() >= 3) {
    const int64_t places = shape.count(2, shape.rank());
    return Layout{shape[0], shape[1], shape[1] * places, places, places};
  }
  if (shape.rank() != 2) return {};
  const bool rows_are_outputs = node.op == Op::kGemm && node.attrs.get_int("transB", 0) != 0;
  if (rows_are_outputs) return Layout{shape[0], shape[1], shape[1], 1, 1};
  return Layout{shape[1], shape[0], 1, shape[1], 1};
}

bool may_saturate(std::span<const int8_t> w, const Layout& layout, int64_t channel) {
  for (int64_t k = 0; k + 1 < layout.depth; k += 2) {
    for (int64_t place = 0; place < layout.places; ++place) {
      const int64_t at = channel * layout.channel_step + k * layout.depth_step + place;
      const int pair = w[static_cast<size_t>(at)] + w[static_cast<size_t>(at + layout.depth_step)];
      if (std::abs(pair) > kMostOfPair) return true;
    }
  }
  return false;
}

}  // namespace

Status check_saturation(Context& context) {
  const Graph& graph = context.graph();
  for (const NodeId id : context.order) {
    const Node& node = graph.node(id);
    if (!is_product(node) || node.op == Op::kConvTranspose) continue;
    if (!behind_dequantize(graph, node.inputs[0])) continue;
    OCTAVO_ASSIGN_OR_RETURN(const auto weights,
                            constant_integers(graph, node.inputs[1], DType::kInt8));
    const auto layout = weights ? layout_of(node, weights->tensor.shape()) : std::nullopt;
    if (!layout) continue;
    size_t count = 0;
    for (int64_t channel = 0; channel < layout->channels; ++channel) {
      count += may_saturate(weights->tensor.values<int8_t>(), *layout, channel) ? 1 : 0;
    }
    if (count == 0) continue;
    context.find("saturation", Severity::kNote, node,
                 of(count, static_cast<size_t>(layout->channels), "output channels") +
                     " can saturate int16 sums of two products on x86 processors without VNNI",
                 "for such processors use weights of 7 bits");
  }
  return {};
}

}  // namespace octavo::lint_rules
