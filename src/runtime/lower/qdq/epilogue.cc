#include "runtime/lower/qdq/epilogue.h"

#include <cmath>

namespace octavo {
namespace {

// A constant with one number, or one for each channel, when it is broadcast; else empty.
std::vector<double> per_channel(const Tensor* tensor, size_t channels, int axis, int rank) {
  if (!tensor || tensor->dtype() != DType::kFloat32 || tensor->shape().rank() > rank) return {};
  const auto values = tensor->values<float>();
  if (values.size() == 1) return std::vector<double>(channels, values[0]);
  const Shape& shape = tensor->shape();
  const int at = axis - (rank - shape.rank());
  if (at < 0 || values.size() != channels || shape[at] != shape.count()) return {};
  return {values.begin(), values.end()};
}

struct Affine {
  std::vector<double> scale, offset;  // empty: one, zero
};

std::optional<Affine> with_constant(const Graph& graph, const Node& node, ValueId x,
                                    size_t channels, int axis, int rank) {
  const bool commutes = node.op == Op::kAdd || node.op == Op::kMul;
  const size_t other = node.inputs[0] == x ? 1 : 0;
  if (other == 0 && !commutes) return std::nullopt;
  std::vector<double> values =
      per_channel(graph.held_constant(node.inputs[other]), channels, axis, rank);
  if (values.empty()) return std::nullopt;
  for (double& v : values) {
    if (node.op == Op::kSub) v = -v;
    if (node.op == Op::kDiv) v = 1.0 / v;
  }
  if (node.op == Op::kAdd || node.op == Op::kSub) return Affine{{}, std::move(values)};
  return Affine{std::move(values), {}};
}

//   (x - mean) / sqrt(var + epsilon) * gamma + beta
std::optional<Affine> batch_normalization(const Graph& graph, const Node& node, size_t channels) {
  if (node.attrs.get_int("training_mode", 0) != 0) return std::nullopt;
  std::vector<double> numbers[4];  // gamma, beta, mean, var
  for (size_t i = 0; i < 4; ++i) {
    numbers[i] = per_channel(graph.held_constant(node.inputs[i + 1]), channels, 0, 1);
    if (numbers[i].empty()) return std::nullopt;
  }
  const double epsilon = static_cast<double>(node.attrs.get_float("epsilon", 1e-5f));
  Affine affine;
  for (size_t c = 0; c < channels; ++c) {
    affine.scale.push_back(numbers[0][c] / std::sqrt(numbers[3][c] + epsilon));
    affine.offset.push_back(numbers[1][c] - numbers[2][c] * affine.scale.back());
  }
  return affine;
}

std::optional<Affine> affine_of(const Graph& graph, const Node& node, ValueId x, size_t channels,
                                int axis, int rank) {
  switch (node.op) {
    case Op::kAdd:
    case Op::kSub:
    case Op::kMul:
    case Op::kDiv:
      return with_constant(graph, node, x, channels, axis, rank);
    case Op::kBatchNormalization:
      if (axis != 1) return std::nullopt;
      return batch_normalization(graph, node, channels);
    default:
      return std::nullopt;
  }
}

}  // namespace

Epilogue follow_epilogue(const Graph& graph, ValueId output, size_t channels, int axis, int rank) {
  Epilogue epilogue{
      output, std::vector<double>(channels, 1.0), std::vector<double>(channels, 0.0), {}};
  while (true) {
    const NodeId next = graph.only_consumer(epilogue.value);
    if (next == kNoNode) return epilogue;
    const Node& node = graph.node(next);
    const auto affine = affine_of(graph, node, epilogue.value, channels, axis, rank);
    if (!affine) return epilogue;
    for (size_t c = 0; c < channels; ++c) {
      if (!affine->scale.empty()) {
        epilogue.scale[c] *= affine->scale[c];
        epilogue.offset[c] *= affine->scale[c];
      }
      if (!affine->offset.empty()) epilogue.offset[c] += affine->offset[c];
    }
    epilogue.absorbed.push_back(next);
    epilogue.value = node.outputs[0];
  }
}

}  // namespace octavo
