// The functions of one element: a table for float, and the few that integers and doubles have too.
#include "kernels/elementwise/unary.h"

#include <cmath>

#include "kernels/elementwise/binary_functions.h"
#include "runtime/ops/support.h"

namespace octavo {
namespace {

struct Parameter {
  const char* attribute;
  float fallback;
};

struct UnaryCase {
  Op op;
  UnaryF32 row;
  Parameter parameters[2];
};

constexpr UnaryCase kCases[] = {
    {Op::kAbs, abs_f32, {}},
    {Op::kCeil, ceil_f32, {}},
    {Op::kCos, cos_f32, {}},
    {Op::kElu, elu_f32, {{"alpha", 1.0f}}},
    {Op::kErf, erf_f32, {}},
    {Op::kExp, exp_f32, {}},
    {Op::kFloor, floor_f32, {}},
    {Op::kGelu, gelu_f32, {}},
    {Op::kHardSigmoid, hard_sigmoid_f32, {{"alpha", 0.2f}, {"beta", 0.5f}}},
    {Op::kHardSwish, hard_swish_f32, {}},
    {Op::kLeakyRelu, leaky_relu_f32, {{"alpha", 0.01f}}},
    {Op::kLog, log_f32, {}},
    {Op::kNeg, neg_f32, {}},
    {Op::kReciprocal, reciprocal_f32, {}},
    {Op::kRelu, relu_f32, {}},
    {Op::kRound, round_f32, {}},
    {Op::kSigmoid, sigmoid_f32, {}},
    {Op::kSign, sign_f32, {}},
    {Op::kSin, sin_f32, {}},
    {Op::kSoftplus, softplus_f32, {}},
    {Op::kSoftsign, softsign_f32, {}},
    {Op::kSqrt, sqrt_f32, {}},
    {Op::kTanh, tanh_f32, {}},
};

Result<RunFn> prepare_float(const Node& node) {
  for (const UnaryCase& one : kCases) {
    if (one.op != node.op) continue;
    UnaryF32 row = one.row;
    if (node.op == Op::kGelu && node.attrs.get_string("approximate", "none") == "tanh") {
      row = gelu_tanh_f32;
    }
    std::array<float, 2> p{};
    for (size_t i = 0; i < p.size() && one.parameters[i].attribute; ++i) {
      p[i] = node.attrs.get_float(one.parameters[i].attribute, one.parameters[i].fallback);
    }
    return RunFn([row, p](RunContext& run) -> Status {
      const TensorView& x = run.inputs[0];
      row(static_cast<const float*>(x.data), static_cast<float*>(run.outputs[0].data), x.count(),
          p.data());
      return {};
    });
  }
  return Status(ErrorCode::kInternal, "no function of one element");
}

using TypedRow = void (*)(const void* x, void* y, int64_t n);

template <typename T, typename F>
void typed_row(const void* x, void* y, int64_t n) {
  const T* from = static_cast<const T*>(x);
  T* to = static_cast<T*>(y);
  for (int64_t i = 0; i < n; ++i) to[i] = F()(from[i]);
}

template <typename T>
T negated(T x) {  // the lowest integer has no opposite: it wraps
  if constexpr (std::is_floating_point_v<T>) return -x;
  return SubElements<T>()(T{0}, x);
}
struct Abs {
  template <typename T>
  T operator()(T x) const {
    return x < T{0} ? negated(x) : x;
  }
};
struct Neg {
  template <typename T>
  T operator()(T x) const {
    return negated(x);
  }
};
struct Relu {
  template <typename T>
  T operator()(T x) const {
    return x < T{0} ? T{0} : x;
  }
};
struct Sign {
  template <typename T>
  T operator()(T x) const {
    return static_cast<T>((T{0} < x) - (x < T{0}));
  }
};
struct Sqrt {
  double operator()(double x) const { return std::sqrt(x); }
};
struct Floor {
  double operator()(double x) const { return std::floor(x); }
};
struct Ceil {
  double operator()(double x) const { return std::ceil(x); }
};
struct Round {
  double operator()(double x) const { return std::nearbyint(x); }
};

template <typename F, typename Types>
TypedRow row_of(DType dtype) {
  return pick<TypedRow>(dtype, Types{}, []<typename T>() -> TypedRow { return typed_row<T, F>; });
}

TypedRow find_typed(Op op, DType dtype) {
  using Doubles = TypeList<double>;
  switch (op) {
    case Op::kAbs:
      return row_of<Abs, NumericTypes>(dtype);
    case Op::kNeg:
      return row_of<Neg, NumericTypes>(dtype);
    case Op::kRelu:
      return row_of<Relu, NumericTypes>(dtype);
    case Op::kSign:
      return row_of<Sign, NumericTypes>(dtype);
    case Op::kSqrt:
      return row_of<Sqrt, Doubles>(dtype);
    case Op::kFloor:
      return row_of<Floor, Doubles>(dtype);
    case Op::kCeil:
      return row_of<Ceil, Doubles>(dtype);
    case Op::kRound:
      return row_of<Round, Doubles>(dtype);
    default:
      return nullptr;
  }
}

}  // namespace

Result<RunFn> prepare_unary(const PrepareContext& context) {
  const DType dtype = context.input(0).dtype;
  if (dtype == DType::kFloat32) return prepare_float(context.node());
  const TypedRow row = find_typed(context.node().op, dtype);
  if (!row) return unsupported_dtype(context, dtype);
  return RunFn([row](RunContext& run) -> Status {
    row(run.inputs[0].data, run.outputs[0].data, run.inputs[0].count());
    return {};
  });
}

Result<RunFn> prepare_not(const PrepareContext& context) {
  if (context.input(0).dtype != DType::kBool) {
    return unsupported_dtype(context, context.input(0).dtype);
  }
  return RunFn([](RunContext& run) -> Status {
    const auto* x = static_cast<const uint8_t*>(run.inputs[0].data);
    auto* y = static_cast<uint8_t*>(run.outputs[0].data);
    for (int64_t i = 0; i < run.inputs[0].count(); ++i) y[i] = x[i] == 0;
    return {};
  });
}

}  // namespace octavo
