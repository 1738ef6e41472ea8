// Matrix products, float and 8 bits. "L1" is two tiles of 1 KB a row with everything in the
// first-level cache; the others are layers of MobileNet V2 and ResNet-18, where packing of the
// activations is part of the time, as it is in a model.
#include <cstdlib>
#include <cstring>
#include <memory>

#include "kernels/gemm/f32_gemm.h"
#include "kernels/qgemm/qgemm.h"
#include "runtime/ops/qgemm_rows.h"
#include "tests/bench/kernel_bench.h"

namespace octavo {
namespace {

struct Shape {
  size_t rows, columns, depth;
};
constexpr Shape kLayers[] = {
    {12544, 96, 16}, {196, 576, 96}, {49, 1280, 320}, {784, 128, 1152}, {1, 1001, 1280}};
constexpr size_t kL1Groups = 256;  // of 4 bytes
constexpr Requant kOut{128, 0, 255};

double macs(const Shape& shape) {
  return static_cast<double>(shape.rows) * static_cast<double>(shape.columns * shape.depth);
}

std::string named(const char* kernel, const Shape& shape) {
  return std::string(kernel) + '/' + std::to_string(shape.rows) + 'x' +
         std::to_string(shape.columns) + 'x' + std::to_string(shape.depth);
}

std::function<void()> f32_run(const F32GemmKernel& kernel, const Shape& shape) {
  const auto [rows, columns, depth] = shape;
  const std::vector<float> a(rows * depth, 0.5f), panels(f32_packed_floats(depth, columns), 0.25f);
  return [=, &kernel, c = std::vector<float>(rows * columns)]() mutable {
    kernel.run({rows, columns, depth, a.data(), depth, panels.data(), c.data(), columns, {}});
  };
}

// "f32_gemm_4x8__simd128": tiles of 4 rows x 8 columns.
Shape two_tiles_of(const F32GemmKernel& kernel) {
  char* end = nullptr;
  const size_t rows = std::strtoul(kernel.name + std::strlen("f32_gemm_"), &end, 10);
  return {2 * rows, std::strtoul(end + 1, nullptr, 10), kL1Groups};
}

Mix mix_of(const F32GemmKernel& kernel, size_t tile_rows) {
#ifdef OCTAVO_AVX2
  if (kernel.isa == Isa::kAvx2) return f32_gemm_mix_avx2();
#endif
  (void)kernel;
  return f32_gemm_mix(tile_rows);
}

void add_f32(KernelBenches& benches, const F32GemmKernel& kernel) {
  const Shape l1 = two_tiles_of(kernel);
  const std::string limit = add_mix(benches, kernel.name, mix_of(kernel, l1.rows / 2), "MAC");
  benches.push_back(
      {std::string(kernel.name) + "/L1", limit, "MAC", macs(l1), f32_run(kernel, l1)});
  for (const Shape& shape : kLayers) {
    benches.push_back(
        {named(kernel.name, shape), limit, "MAC", macs(shape), f32_run(kernel, shape)});
  }
}

QGemmWeights weights_of(const QGemmKernel& kernel, const Shape& shape) {
  const std::vector<uint8_t> w(shape.columns * shape.depth, 3);
  const std::vector<int32_t> zeros(shape.columns, 0);
  const std::vector<float> multiplier(shape.columns, 1e-4f);
  return pack_weights({shape.columns, shape.depth, w.data(), shape.depth, shape.depth, 1, 0, true,
                       zeros.data(), nullptr, multiplier.data(), false, 128},
                      kernel);
}

std::function<void()> q_run(const QGemmKernel& kernel, const Shape& shape) {
  const auto weights = std::make_shared<QGemmWeights>(weights_of(kernel, shape));
  const std::vector<uint8_t> x(shape.rows * shape.depth, 77);
  return [=, &kernel, packed = std::vector<uint8_t>(qgemm_block_bytes(*weights)),
          y = std::vector<uint8_t>(shape.rows * shape.columns)]() mutable {
    run_qgemm(*weights, shape.rows, false, packed.data(),
              DenseRows(x.data(), shape.rows, shape.depth, shape.depth),
              [&](size_t m, size_t n, const QGemmPanel& panel) {
                kernel.to_bytes(panel, kOut, y.data() + m * shape.columns + n, shape.columns);
              });
  };
}

// The microkernel alone: rows that are packed already.
std::function<void()> q_run_packed(const QGemmKernel& kernel, const Shape& shape) {
  const auto weights = std::make_shared<QGemmWeights>(weights_of(kernel, shape));
  const std::vector<uint8_t> packed(shape.rows * weights->groups() * kGroupBytes, 1);
  return [=, &kernel, y = std::vector<uint8_t>(shape.rows * kQGemmCols)]() mutable {
    kernel.to_bytes(
        {shape.rows, kQGemmCols, weights->groups(), packed.data(), weights->packed.data(),
         weights->bias.data(), weights->multiplier.data(), weights->stays_small},
        kOut, y.data(), kQGemmCols);
  };
}

Mix mix_of(const QGemmKernel& kernel) {
#ifdef OCTAVO_RELAXED
  if (kernel.isa == Isa::kRelaxed) return qgemm_mix_relaxed(kernel.tile_rows);
#endif
  return qgemm_mix_simd128(kernel.tile_rows);
}

void add_q(KernelBenches& benches, const QGemmKernel& kernel) {
  const std::string limit = add_mix(benches, kernel.name, mix_of(kernel), "MAC");
  const Shape l1 = {2 * kernel.tile_rows, kQGemmCols, kL1Groups * kernel.depth};
  benches.push_back(
      {std::string(kernel.name) + "/L1", limit, "MAC", macs(l1), q_run_packed(kernel, l1)});
  for (const Shape& shape : kLayers) {
    benches.push_back({named(kernel.name, shape), limit, "MAC", macs(shape), q_run(kernel, shape)});
  }
}

}  // namespace

void add_gemms(KernelBenches& benches) {
  for_each_fast(f32_gemm_kernels(), [&](const auto& kernel) { add_f32(benches, kernel); });
  for_each_fast(qgemm_kernels(), [&](const auto& kernel) { add_q(benches, kernel); });
}

}  // namespace octavo
