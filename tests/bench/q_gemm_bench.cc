// GMAC/s of every 8-bit gemm and depthwise kernel on the shapes of MobileNet V2's and ResNet-18's
// layers; packing of the activations is part of the time, as it is in a model.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "kernels/qdwconv/qdwconv.h"
#include "runtime/ops/qgemm_rows.h"

namespace octavo {
namespace {

constexpr Requant kOut{128, 0, 255};

void count_macs(benchmark::State& state, size_t macs) {
  state.counters["GMAC/s"] = benchmark::Counter(static_cast<double>(macs) * 1e-9,
                                                benchmark::Counter::kIsIterationInvariantRate);
}

void gemm(benchmark::State& state, const QGemmKernel& kernel) {
  const auto rows = static_cast<size_t>(state.range(0));
  const auto columns = static_cast<size_t>(state.range(1));
  const auto depth = static_cast<size_t>(state.range(2));
  const std::vector<uint8_t> x(rows * depth, 77), w(columns * depth, 3);
  const std::vector<int32_t> zeros(columns, 0);
  const std::vector<float> multiplier(columns, 1e-4f);
  const QGemmWeights weights = pack_weights({columns, depth, w.data(), depth, depth, 1, 0, true,
                                             zeros.data(), nullptr, multiplier.data(), false, 128},
                                            kernel);
  std::vector<uint8_t> packed(qgemm_block_bytes(weights));
  std::vector<uint8_t> y(rows * columns);
  for (auto _ : state) {
    run_qgemm(weights, rows, false, packed.data(), DenseRows(x.data(), rows, depth, depth),
              [&](size_t m, size_t n, const QGemmPanel& panel) {
                kernel.to_bytes(panel, kOut, y.data() + m * columns + n, columns);
              });
    benchmark::DoNotOptimize(y.data());
  }
  count_macs(state, rows * columns * depth);
}

void depthwise(benchmark::State& state, const QDwConvKernel& kernel) {
  const auto pixels = static_cast<size_t>(state.range(0));
  const auto channels = static_cast<size_t>(state.range(1));
  const auto size = static_cast<size_t>(state.range(2));  // of the square kernel
  const std::vector<uint8_t> x(channels * pixels, 77), w(channels * size * size, 3);
  const std::vector<int32_t> zeros(channels, 0);
  const std::vector<float> multiplier(channels, 1e-3f);
  const QDwConvWeights weights = pack_weights(
      {channels, size, size, w.data(), true, zeros.data(), nullptr, multiplier.data(), false, 128},
      kernel);
  const std::vector<const uint8_t*> rows(size, x.data());
  const QDwConvLine line = {rows.data(),
                            static_cast<int64_t>(pixels),
                            -static_cast<int64_t>(size / 2),
                            1,
                            1,
                            pixels,
                            false,
                            128};
  std::vector<uint8_t> y(pixels * channels), scratch(qdwconv_scratch_bytes(line, weights));
  for (auto _ : state) {
    kernel.run(line, weights, kOut, scratch.data(), y.data());
    benchmark::DoNotOptimize(y.data());
  }
  count_macs(state, pixels * channels * size * size);
}

const bool registered = [] {
  for (const QGemmKernel* kernel : qgemm_kernels()) {
    benchmark::RegisterBenchmark(kernel->name,
                                 [kernel](benchmark::State& state) { gemm(state, *kernel); })
        ->ArgNames({"rows", "columns", "depth"})
        ->Args({12, 128, 256})  // all in L1 and L2
        ->Args({12544, 96, 16})
        ->Args({196, 576, 96})
        ->Args({49, 1280, 320})
        ->Args({784, 128, 1152})
        ->Args({1, 1001, 1280});
  }
  for (const QDwConvKernel* kernel : qdwconv_kernels()) {
    benchmark::RegisterBenchmark(kernel->name,
                                 [kernel](benchmark::State& state) { depthwise(state, *kernel); })
        ->ArgNames({"pixels", "channels", "size"})
        ->Args({112, 32, 3})
        ->Args({14, 576, 3})
        ->Args({14, 120, 5});
  }
  return true;
}();

}  // namespace
}  // namespace octavo
