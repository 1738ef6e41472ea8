#include "tests/bench/mixes.h"

#include "kernels/requant_simd128.h"
#include "tests/bench/mix_loop.h"

namespace octavo {
namespace {

struct FloatProduct {
  static constexpr size_t kDepth = 1;
  static v128_t splat(const uint8_t* word) { return wasm_v128_load32_splat(word); }
  static v128_t add(v128_t acc, v128_t w, v128_t x) {
    return wasm_f32x4_add(acc, wasm_f32x4_mul(x, w));
  }
};

struct PairDot {
  static constexpr size_t kDepth = 2;
  static v128_t splat(const uint8_t* word) { return wasm_v128_load32_splat(word); }
  static v128_t add(v128_t acc, v128_t w, v128_t x) {
    return wasm_i32x4_add(acc, wasm_i32x4_dot_i16x8(w, x));
  }
};

// A tap of 16 channels.
struct FloatDepthwiseStep : Accumulators<4> {
  static constexpr size_t kWork = 16;
  void operator()(const uint8_t* lines, uint8_t*) {
    unrolled<4>([&](auto v) {
      const v128_t w = wasm_v128_load(lines + 64 + 16 * v);
      acc[v] = wasm_f32x4_add(acc[v], wasm_f32x4_mul(wasm_v128_load(lines + 16 * v), w));
    });
  }
};

struct PairColumns {
  static constexpr size_t kGroups = 6;
  static void lay(const uint8_t* lines, uint8_t* out) {
    for (size_t i = 0; i < 2; ++i, lines += 16, out += 32) {
      const v128_t both =
          wasm_i8x16_shuffle(wasm_v128_load64_zero(lines), wasm_v128_load64_zero(lines + 8), 0, 16,
                             1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      wasm_v128_store(out, wasm_u16x8_extend_low_u8x16(both));
      wasm_v128_store(out + 16, wasm_u16x8_extend_high_u8x16(both));
    }
  }
  static v128_t add(v128_t acc, v128_t w, v128_t x) {
    return wasm_i32x4_add(acc, wasm_i32x4_dot_i16x8(w, x));
  }
};

// What goes from memory to memory has no accumulators.
struct Elementwise {
  RequantSimd<> requant{{128, 0, 255}};
  v128_t scale = wasm_f32x4_splat(0.05f), zero_point = wasm_i16x8_splat(100);
  void end(uint8_t*) const {}

  struct Reals {
    v128_t low, high;
  };
  Reals dequantized(const uint8_t* bytes) const {
    const v128_t q = wasm_i16x8_sub(load_widened<false>(bytes), zero_point);
    return {wasm_f32x4_mul(scale, wasm_f32x4_convert_i32x4(wasm_i32x4_extend_low_i16x8(q))),
            wasm_f32x4_mul(scale, wasm_f32x4_convert_i32x4(wasm_i32x4_extend_high_i16x8(q)))};
  }
  v128_t quantized(v128_t x) const { return requant.from_float(wasm_f32x4_div(x, scale)); }
};

template <v128_t (*op)(v128_t, v128_t)>
struct BinaryStep : Elementwise {
  static constexpr size_t kWork = 8;
  void operator()(const uint8_t* lines, uint8_t* out) const {
    const Reals a = dequantized(lines), b = dequantized(lines + 8);
    const v128_t low = quantized(op(a.low, b.low)), high = quantized(op(a.high, b.high));
    wasm_v128_store64_lane(out, requant.bytes(low, high), 0);
  }
};
v128_t add(v128_t a, v128_t b) { return wasm_f32x4_add(a, b); }
v128_t mul(v128_t a, v128_t b) { return wasm_f32x4_mul(a, b); }

struct QuantizeStep : Elementwise {
  static constexpr size_t kWork = 16;
  void operator()(const uint8_t* lines, uint8_t* out) const {
    const auto four = [&](size_t i) { return quantized(wasm_v128_load(lines + 16 * i)); };
    wasm_v128_store(out, requant.bytes(four(0), four(1), four(2), four(3)));
  }
};

struct DequantizeStep : Elementwise {
  static constexpr size_t kWork = 8;
  void operator()(const uint8_t* lines, uint8_t* out) const {
    const Reals x = dequantized(lines);
    wasm_v128_store(out, x.low);
    wasm_v128_store(out + 16, x.high);
  }
};

struct TableStep {
  static constexpr size_t kWork = 8;
  void operator()(const uint8_t* lines, uint8_t* out) const {
    unrolled<8>([&](auto i) { out[i] = lines[128 + lines[i]]; });
  }
  void end(uint8_t*) const {}
};

// Pools: of so many channels that no accumulator waits for itself.
template <v128_t (*join)(v128_t, v128_t)>
struct FloatPoolStep : Accumulators<8> {
  static constexpr size_t kWork = 32;
  void operator()(const uint8_t* lines, uint8_t*) {
    unrolled<8>([&](auto v) { acc[v] = join(acc[v], wasm_v128_load(lines + 16 * v)); });
  }
};
v128_t pmax(v128_t best, v128_t x) { return wasm_f32x4_pmax(best, x); }

struct MaxPoolStep : Accumulators<4> {
  static constexpr size_t kWork = 64;
  void operator()(const uint8_t* lines, uint8_t*) {
    unrolled<4>([&](auto v) { acc[v] = wasm_u8x16_max(acc[v], wasm_v128_load(lines + 16 * v)); });
  }
};

struct AveragePoolStep : Accumulators<4> {
  static constexpr size_t kWork = 16;
  void operator()(const uint8_t* lines, uint8_t*) {
    unrolled<2>([&](auto v) {
      const v128_t x = load_widened<false>(lines + 8 * v);
      acc[2 * v] = wasm_i32x4_add(acc[2 * v], wasm_i32x4_extend_low_i16x8(x));
      acc[2 * v + 1] = wasm_i32x4_add(acc[2 * v + 1], wasm_i32x4_extend_high_i16x8(x));
    });
  }
};

}  // namespace

Mix f32_gemm_mix(size_t rows) { return gemm_mix_of<FloatProduct>(rows); }
Mix qgemm_mix_simd128(size_t rows) { return gemm_mix_of<PairDot>(rows); }
Mix f32_dwconv_mix() { return mix_of<FloatDepthwiseStep>(); }
Mix qdwconv_mix_simd128() { return mix_of<DepthwiseStep<PairColumns>>(); }
Mix qbinary_add_mix() { return mix_of<BinaryStep<add>>(); }
Mix qbinary_mul_mix() { return mix_of<BinaryStep<mul>>(); }
Mix quantize_mix() { return mix_of<QuantizeStep>(); }
Mix dequantize_mix() { return mix_of<DequantizeStep>(); }
Mix table_mix() { return mix_of<TableStep>(); }
Mix f32_max_pool_mix() { return mix_of<FloatPoolStep<pmax>>(); }
Mix f32_mean_pool_mix() { return mix_of<FloatPoolStep<add>>(); }
Mix qmax_pool_mix() { return mix_of<MaxPoolStep>(); }
Mix qaverage_pool_mix() { return mix_of<AveragePoolStep>(); }

}  // namespace octavo
