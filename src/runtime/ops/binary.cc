#include "runtime/ops/binary.h"

#include <algorithm>
#include <limits>

#include "kernels/elementwise/binary_functions.h"
#include "kernels/elementwise/unary.h"

namespace octavo {
namespace {

struct BinaryCase {
  Op op;
  BinaryRow (*find)(DType);
};

using Bool = TypeList<bool>;

constexpr BinaryCase kCases[] = {
    {Op::kAdd, binary_row_of<AddElements, NumericTypes>},
    {Op::kSub, binary_row_of<SubElements, NumericTypes>},
    {Op::kMul, binary_row_of<MulElements, NumericTypes>},
    {Op::kDiv, binary_row_of<DivElements, NumericTypes>},
    {Op::kPRelu, binary_row_of<PReluElements, RealTypes>},
    {Op::kEqual, binary_row_of<EqualElements, AllTypes>},
    {Op::kLess, binary_row_of<LessElements, NumericTypes>},
    {Op::kLessOrEqual, binary_row_of<LessOrEqualElements, NumericTypes>},
    {Op::kGreater, binary_row_of<GreaterElements, NumericTypes>},
    {Op::kGreaterOrEqual, binary_row_of<GreaterOrEqualElements, NumericTypes>},
    {Op::kAnd, binary_row_of<AndElements, Bool>},
    {Op::kOr, binary_row_of<OrElements, Bool>},
    {Op::kXor, binary_row_of<XorElements, Bool>},
};

BinaryRow find_row(const Node& node, DType dtype) {
  if (node.op == Op::kMod) {
    const bool c_like = node.attrs.get_int("fmod", 0) != 0 || dtype == DType::kFloat32;
    return c_like ? binary_row_of<FmodElements, NumericTypes>(dtype)
                  : binary_row_of<ModElements, IntegerTypes>(dtype);
  }
  const auto found = std::find_if(std::begin(kCases), std::end(kCases),
                                  [&](const BinaryCase& one) { return one.op == node.op; });
  return found == std::end(kCases) ? nullptr : found->find(dtype);
}

// y = clamp(row(a, b)): a piece at a time, so that the second step finds it in the cache.
Status run_activated(BinaryRow row, const float (&limits)[2], RunContext& run) {
  constexpr int64_t kPiece = 4096;
  const TensorView &a = run.inputs[0], &b = run.inputs[1];
  auto* y = static_cast<float*>(run.outputs[0].data);
  OCTAVO_ASSIGN_OR_RETURN(const auto dims,
                          broadcast_dims(run.outputs[0].shape, {&a.shape, &b.shape}));
  const auto* a_data = static_cast<const float*>(a.data);
  const auto* b_data = static_cast<const float*>(b.data);
  const BroadcastDim& last = dims.back();
  for_each_row(dims, [&](int64_t to, const Offsets& from) {
    for (int64_t i = 0; i < last.extent; i += kPiece) {
      const int64_t n = std::min(kPiece, last.extent - i);
      row(a_data + from[0] + i * last.strides[0], last.strides[0],
          b_data + from[1] + i * last.strides[1], last.strides[1], y + to + i, n);
      clamp_f32(y + to + i, y + to + i, n, limits);
    }
  });
  return {};
}

}  // namespace

Status run_binary(BinaryRow row, const TensorView& a, const TensorView& b, const TensorView& y) {
  OCTAVO_ASSIGN_OR_RETURN(const auto dims, broadcast_dims(y.shape, {&a.shape, &b.shape}));
  const auto in_size = static_cast<int64_t>(size_of(a.dtype));
  const auto out_size = static_cast<int64_t>(size_of(y.dtype));
  const auto* a_data = static_cast<const std::byte*>(a.data);
  const auto* b_data = static_cast<const std::byte*>(b.data);
  auto* y_data = static_cast<std::byte*>(y.data);
  const BroadcastDim& last = dims.back();
  for_each_row(dims, [&](int64_t to, const Offsets& from) {
    row(a_data + from[0] * in_size, last.strides[0], b_data + from[1] * in_size, last.strides[1],
        y_data + to * out_size, last.extent);
  });
  return {};
}

Result<RunFn> prepare_binary(const PrepareContext& context) {
  const DType dtype = context.input(0).dtype;
  const BinaryRow row = find_row(context.node(), dtype);
  if (!row) return unsupported_dtype(context, dtype);
  if (context.input(1).dtype != dtype) {
    return unsupported(std::string("operands of ") + name_of(dtype) + " and " +
                       name_of(context.input(1).dtype) + "; they must be of one type");
  }
  const Attributes& attrs = context.node().attrs;
  constexpr float kNone = std::numeric_limits<float>::infinity();
  const float least = attrs.get_float("activation_min", -kNone);
  const float most = attrs.get_float("activation_max", kNone);
  if (dtype == DType::kFloat32 && (least > -kNone || most < kNone)) {
    return RunFn([=](RunContext& run) { return run_activated(row, {least, most}, run); });
  }
  return RunFn([row](RunContext& run) {
    return run_binary(row, run.inputs[0], run.inputs[1], run.outputs[0]);
  });
}

}  // namespace octavo
