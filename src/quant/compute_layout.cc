#include "quant/compute_layout.h"

namespace octavo {
namespace {

// The channels of ConvTranspose repeat in every group.
int64_t repeats(const Node& node) {
  return node.op == Op::kConvTranspose ? node.attrs.get_int("group", 1) : 1;
}

}  // namespace

std::optional<int> channel_axis(const Node& node, int rank) {
  switch (node.op) {
    case Op::kConv:
      return rank >= 3 ? std::optional(0) : std::nullopt;
    case Op::kConvTranspose:
      return rank >= 3 ? std::optional(1) : std::nullopt;
    case Op::kGemm:
      return node.attrs.get_int("transB", 0) ? 0 : 1;
    case Op::kMatMul:
      return rank == 2 ? std::optional(1) : std::nullopt;
    default:
      return {};
  }
}

std::optional<ComputeLayout> compute_layout(const Graph& graph, const Node& node) {
  const Constant* weights = node.inputs.size() > 1 ? graph.constant(node.inputs[1]) : nullptr;
  if (!weights || weights->dtype() != DType::kFloat32 || weights->shape().rank() < 2) return {};
  const std::optional<int> axis = channel_axis(node, weights->shape().rank());
  if (!axis || weights->count() == 0) return {};
  const int64_t channels = weights->shape()[*axis];
  return ComputeLayout{*axis, channels, channels * repeats(node)};
}

}  // namespace octavo
