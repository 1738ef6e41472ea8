#include "kernels/qbinary/qbinary_element.h"
#include "kernels/requant_simd128.h"

namespace octavo {
namespace {

struct Add : AddElement {
  static v128_t vector(v128_t a, v128_t b) { return wasm_f32x4_add(a, b); }
};
struct Mul : MulElement {
  static v128_t vector(v128_t a, v128_t b) { return wasm_f32x4_mul(a, b); }
};

struct Reals {
  v128_t low, high;
};

// 8 bytes -> 8 floats: scale * float(q - zero_point).
struct Dequant {
  explicit Dequant(const QOperand& operand)
      : is_signed(operand.is_signed),
        zero_point(wasm_i16x8_splat(static_cast<int16_t>(operand.zero_point))),
        scale(wasm_f32x4_splat(operand.scale)) {}

  Reals load(const uint8_t* bytes) const {
    return from_wide(is_signed ? load_widened<true>(bytes) : load_widened<false>(bytes));
  }
  Reals splat(uint8_t byte) const {
    return from_wide(wasm_i16x8_splat(static_cast<int16_t>(widen(byte, is_signed))));
  }
  Reals from_wide(v128_t wide) const {
    const v128_t q = wasm_i16x8_sub(wide, zero_point);
    return {wasm_f32x4_mul(scale, wasm_f32x4_convert_i32x4(wasm_i32x4_extend_low_i16x8(q))),
            wasm_f32x4_mul(scale, wasm_f32x4_convert_i32x4(wasm_i32x4_extend_high_i16x8(q)))};
  }

  bool is_signed;
  v128_t zero_point, scale;
};

template <typename Op>
void run(size_t n, const uint8_t* a, const uint8_t* b, bool b_is_scalar, const QBinary& params,
         uint8_t* y) {
  const Dequant dequant_a(params.a), dequant_b(params.b);
  const RequantSimd<> requant(params.out);
  const v128_t scale = wasm_f32x4_splat(params.scale);
  const Reals scalar = n > 0 && b_is_scalar ? dequant_b.splat(*b) : Reals{};
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const Reals real_a = dequant_a.load(a + i);
    const Reals real_b = b_is_scalar ? scalar : dequant_b.load(b + i);
    const v128_t low = wasm_f32x4_div(Op::vector(real_a.low, real_b.low), scale);
    const v128_t high = wasm_f32x4_div(Op::vector(real_a.high, real_b.high), scale);
    wasm_v128_store64_lane(y + i, requant.bytes(requant.from_float(low), requant.from_float(high)),
                           0);
  }
  for (; i < n; ++i) y[i] = Op::apply(a[i], b[b_is_scalar ? 0 : i], params);
}

}  // namespace

extern const QBinaryKernel qx8_binary__simd128 = {"qx8_binary__simd128", Isa::kSimd128, run<Add>,
                                                  run<Mul>};

}  // namespace octavo
