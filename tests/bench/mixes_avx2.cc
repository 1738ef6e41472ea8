#include "kernels/f32_avx2.h"
#include "tests/bench/mix_loop.h"

namespace octavo {
namespace {

template <size_t kRows, size_t kVectors>
struct Sums {
  static constexpr size_t kWork = kRows * kVectors * Eight::kLanes;
  Eight sums[kRows][kVectors] = {};

  // visit(row, vector) -> what is added
  template <typename Visit>
  void add(Visit visit) {
    unrolled<kRows>([&](auto m) {
      unrolled<kVectors>([&](auto v) { sums[m][v] = sums[m][v] + visit(m, v); });
    });
  }
  void end(uint8_t* out) const {
    unrolled<kRows>([&](auto m) {
      unrolled<kVectors>([&](auto v) {
        sums[m][v].store(reinterpret_cast<float*>(out) + (m * kVectors + v) * Eight::kLanes);
      });
    });
  }
};

// Two vectors of weights, and a splat float of x for each row.
struct GemmProducts : Sums<6, 2> {
  void operator()(const uint8_t* lines, uint8_t*) {
    const auto* floats = reinterpret_cast<const float*>(lines);
    const Eight w[] = {Eight::load(floats), Eight::load(floats + 8)};
    add([&](size_t m, size_t v) { return Eight::splat(floats + 16 + m) * w[v]; });
  }
};

// A tap of 16 channels of 4 pixels.
struct DepthwiseProducts : Sums<4, 2> {
  void operator()(const uint8_t* lines, uint8_t*) {
    const auto* floats = reinterpret_cast<const float*>(lines);
    const Eight w[] = {Eight::load(floats), Eight::load(floats + 8)};
    add([&](size_t p, size_t v) { return Eight::load(floats + 16 * (p + 1) + 8 * v) * w[v]; });
  }
};

}  // namespace

Mix f32_gemm_mix_avx2() { return mix_of<GemmProducts>(); }
Mix f32_dwconv_mix_avx2() { return mix_of<DepthwiseProducts>(); }

}  // namespace octavo
