#include "runtime/ops/support.h"

namespace octavo {

Status unsupported(const std::string& sentence) { return {ErrorCode::kModelUnsupported, sentence}; }

Status invalid_data(const std::string& sentence) { return {ErrorCode::kInvalidArgument, sentence}; }

Status unsupported_dtype(const PrepareContext& context, DType dtype) {
  return unsupported(std::string(name_of(context.node().op)) + " does not run on " +
                     name_of(dtype) + " tensors; cast them, or leave the node out of the model");
}

Result<int> checked_axis(int64_t axis, int rank) {
  const std::optional<int> resolved = resolve_axis(axis, rank);
  if (resolved) return *resolved;
  return invalid_data("axis " + std::to_string(axis) + " is outside a tensor of " +
                      std::to_string(rank) + " dimensions");
}

std::vector<int64_t> integers_of(const RunContext& context, size_t input) {
  if (!context.has_input(input)) return {};
  const TensorView& view = context.inputs[input];
  if (view.dtype == DType::kInt64) {
    const auto values = view.values<int64_t>();
    return {values.begin(), values.end()};
  }
  if (view.dtype == DType::kInt32) {
    const auto values = view.values<int32_t>();
    return {values.begin(), values.end()};
  }
  return {};
}

std::vector<int64_t> dense_strides(const Shape& shape) {
  std::vector<int64_t> strides(static_cast<size_t>(shape.rank()), 1);
  for (int i = shape.rank() - 1; i > 0; --i) {
    strides[static_cast<size_t>(i - 1)] = strides[static_cast<size_t>(i)] * shape[i];
  }
  return strides;
}

namespace {

bool fits(const Shape& operand, const Shape& output) {
  const int shift = output.rank() - operand.rank();
  for (int i = 0; i < operand.rank() && shift >= 0; ++i) {
    if (operand[i] != 1 && operand[i] != output[i + shift]) return false;
  }
  return shift >= 0;
}

// Strides of an operand under the output's dimensions, aligned at the last.
std::vector<int64_t> broadcast_strides(const Shape& operand, const Shape& output) {
  const std::vector<int64_t> dense = dense_strides(operand);
  std::vector<int64_t> strides(static_cast<size_t>(output.rank()), 0);
  const int shift = output.rank() - operand.rank();
  for (int i = 0; i < operand.rank(); ++i) {
    if (operand[i] != 1) strides[static_cast<size_t>(i + shift)] = dense[static_cast<size_t>(i)];
  }
  return strides;
}

bool continues(const BroadcastDim& outer, const BroadcastDim& inner) {
  for (size_t k = 0; k < outer.strides.size(); ++k) {
    if (outer.strides[k] != inner.strides[k] * inner.extent) return false;
  }
  return true;
}

}  // namespace

Result<std::vector<BroadcastDim>> broadcast_dims(const Shape& output,
                                                 std::initializer_list<const Shape*> operands) {
  std::vector<std::vector<int64_t>> strides;
  for (const Shape* operand : operands) {
    if (!fits(*operand, output)) {
      return invalid_data("a tensor of shape " + operand->to_string() + " does not broadcast to " +
                          output.to_string());
    }
    strides.push_back(broadcast_strides(*operand, output));
  }
  std::vector<BroadcastDim> dims;
  for (int i = 0; i < output.rank(); ++i) {
    if (output[i] == 1) continue;
    BroadcastDim dim{output[i], {}};
    for (size_t k = 0; k < strides.size(); ++k) dim.strides[k] = strides[k][static_cast<size_t>(i)];
    if (!dims.empty() && continues(dims.back(), dim)) {
      dims.back() = {dims.back().extent * dim.extent, dim.strides};
    } else {
      dims.push_back(dim);
    }
  }
  if (dims.empty()) dims.push_back({1, {}});
  return dims;
}

}  // namespace octavo
