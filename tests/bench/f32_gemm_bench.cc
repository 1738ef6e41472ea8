// GMAC/s of every float gemm on the shapes of MobileNet V2's and ResNet-18's layers.
#include <benchmark/benchmark.h>

#include <vector>

#include "kernels/gemm/f32_gemm.h"

namespace octavo {
namespace {

void run(benchmark::State& state, const F32GemmKernel& kernel) {
  const auto rows = static_cast<size_t>(state.range(0));
  const auto columns = static_cast<size_t>(state.range(1));
  const auto depth = static_cast<size_t>(state.range(2));
  const std::vector<float> a(rows * depth, 0.5f), panels(f32_packed_floats(depth, columns), 0.25f);
  std::vector<float> c(rows * columns);
  for (auto _ : state) {
    kernel.run({rows, columns, depth, a.data(), depth, panels.data(), c.data(), columns, {}});
    benchmark::DoNotOptimize(c.data());
  }
  state.counters["GMAC/s"] = benchmark::Counter(static_cast<double>(rows * columns * depth) * 1e-9,
                                                benchmark::Counter::kIsIterationInvariantRate);
}

const bool registered = [] {
  for (const F32GemmKernel* kernel : f32_gemm_kernels()) {
    benchmark::RegisterBenchmark(kernel->name,
                                 [kernel](benchmark::State& state) { run(state, *kernel); })
        ->ArgNames({"rows", "columns", "depth"})
        ->Args({12, 128, 256})  // all in L1 and L2
        ->Args({12544, 96, 16})
        ->Args({196, 576, 96})
        ->Args({49, 1280, 320})
        ->Args({784, 128, 1152})
        ->Args({1, 1001, 1280});
  }
  return true;
}();

}  // namespace
}  // namespace octavo
