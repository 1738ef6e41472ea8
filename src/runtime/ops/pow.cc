// y = x^e for any base and exponent type; the result has the base's type.
#include <cmath>

#include "base/real_math.h"
#include "runtime/ops/binary.h"
#include "runtime/ops/convert.h"
#include "runtime/ops/op_memory.h"

namespace octavo {
namespace {

template <typename T>
T integer_power(T x, int64_t e) {  // by squaring, wrapping around
  using Wide = uint64_t;
  Wide base = static_cast<Wide>(x), result = 1;
  for (; e > 0; e >>= 1, base *= base) {
    if (e & 1) result *= base;
  }
  return static_cast<T>(result);
}

template <typename T>
struct PowElements {
  T operator()(T x, float e) const {
    if constexpr (std::is_same_v<T, float>) return real_pow(x, e);
    if (e >= 0.0f && e < 64.0f && e == std::floor(e) && std::is_integral_v<T>) {
      return integer_power(x, static_cast<int64_t>(e));
    }
    const float power = real_pow(static_cast<float>(x), e);
    T y;
    convert(DType::kFloat32, &power, dtype_of<T>(), &y, 1);
    return y;
  }
};

// Exponents of which the exact answer is cheap, over one row.
bool simple_power(const float* x, float e, float* y, int64_t n) {
  const auto each = [&](auto f) {
    for (int64_t i = 0; i < n; ++i) y[i] = f(x[i]);
    return true;
  };
  if (e == 2.0f) return each([](float v) { return v * v; });
  if (e == 3.0f) return each([](float v) { return v * v * v; });
  if (e == 0.5f)
    return each([](float v) { return std::sqrt(v) + 0.0f; });  // of -0: 0, as pow has it
  if (e == 1.0f) return each([](float v) { return v; });
  if (e == -1.0f) return each([](float v) { return 1.0f / v; });
  return false;
}

template <typename T>
void pow_row(const T* x, int64_t x_step, const float* e, int64_t e_step, T* y, int64_t n) {
  if constexpr (std::is_same_v<T, float>) {
    if (x_step == 1 && e_step == 0 && simple_power(x, *e, y, n)) return;
  }
  const PowElements<T> power;
  for (int64_t i = 0; i < n; ++i) y[i] = power(x[i * x_step], e[i * e_step]);
}

template <typename T>
Status run_pow(RunContext& run) {
  const TensorView &x = run.inputs[0], &y = run.outputs[0];
  TensorView e = run.inputs[1];
  if (e.dtype != DType::kFloat32) {
    ScratchParts parts;
    parts.add(static_cast<uint64_t>(e.count()) * sizeof(float));
    auto* floats = reinterpret_cast<float*>(parts.allocate(run));
    if (!floats) return {ErrorCode::kOutOfMemory, "no memory for the exponents"};
    convert(e.dtype, e.data, DType::kFloat32, floats, e.count());
    e = {DType::kFloat32, e.shape, floats};
  }
  OCTAVO_ASSIGN_OR_RETURN(const auto dims, broadcast_dims(y.shape, {&x.shape, &e.shape}));
  const BroadcastDim& last = dims.back();
  for_each_row(dims, [&](int64_t to, const Offsets& from) {
    pow_row(static_cast<const T*>(x.data) + from[0], last.strides[0],
            static_cast<const float*>(e.data) + from[1], last.strides[1],
            static_cast<T*>(y.data) + to, last.extent);
  });
  return {};
}

}  // namespace

Result<RunFn> prepare_pow(const PrepareContext& context) {
  using Run = Status (*)(RunContext&);
  const DType dtype = context.input(0).dtype, exponent = context.input(1).dtype;
  const Run run = pick<Run>(dtype, TypeList<float, double, int32_t, int64_t>{},
                            []<typename T>() -> Run { return run_pow<T>; });
  if (!run) return unsupported_dtype(context, dtype);
  if (!convert(exponent, nullptr, DType::kFloat32, nullptr, 0)) {
    return unsupported_dtype(context, exponent);
  }
  return RunFn(run);
}

}  // namespace octavo
