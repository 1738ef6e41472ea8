// octavo_bench: the kernels' benchmarks under Google Benchmark, with its flags; the label is the
// benchmark of the limit. `octavo_bench ROUNDS` measures them against their limits instead.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <iostream>

#include "tests/bench/kernel_bench.h"

int main(int argc, char** argv) {
  const octavo::KernelBenches benches = octavo::kernel_benches();
  benchmark::Initialize(&argc, argv);
  if (argc == 2) {
    std::cout << octavo::measure(benches, std::strtoul(argv[1], nullptr, 10)) << '\n';
    return 0;
  }
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  for (const octavo::KernelBench& bench : benches) {
    benchmark::RegisterBenchmark(bench.name.c_str(), [&bench](benchmark::State& state) {
      for (auto _ : state) {
        bench.run();
        benchmark::ClobberMemory();
      }
      state.SetLabel(bench.limit);
      state.counters[bench.unit] =
          benchmark::Counter(bench.work, benchmark::Counter::kIsIterationInvariantRate);
    });
  }
  benchmark::RunSpecifiedBenchmarks();
}
