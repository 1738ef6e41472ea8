// Benchmarks of kernels as data: natively (native/kernels.cc) under Google Benchmark or measured
// against their limits, in a browser (wasm/kernels.cc) the latter.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "kernels/isa.h"
#include "tests/bench/mixes.h"

namespace octavo {

struct KernelBench {
  std::string name;   // kernel/sizes, or kernel/mix
  std::string limit;  // the benchmark of the kernel's instruction mix; empty for a mix itself
  const char* unit;   // of work: "MAC" (multiply-adds) or "element"
  double work;        // of one run
  std::function<void()> run;
};
using KernelBenches = std::vector<KernelBench>;

// One function a family; the list is in kernel_benches().
void add_gemms(KernelBenches& benches);
void add_depthwise(KernelBenches& benches);
void add_elementwise(KernelBenches& benches);
void add_pools(KernelBenches& benches);

KernelBenches kernel_benches();

// Runs a mix about as long as a kernel; returns its name, for the kernel's `limit`.
std::string add_mix(KernelBenches& benches, const std::string& kernel, const Mix& mix,
                    const char* unit);

// Measures all in turns, each right after its limit, so that both see the same machine. JSON:
// [{ "name", "unit", "rates": [units a second], "shares": [of the limit's rate] }], one number a
// round; a mix has no shares.
std::string measure(const KernelBenches& benches, size_t rounds);

// Plain twins are specifications: nobody waits for them.
template <typename Kernels, typename Visit>
void for_each_fast(const Kernels& kernels, Visit visit) {
  for (const auto* kernel : kernels) {
    if (kernel->isa > Isa::kRef) visit(*kernel);
  }
}

}  // namespace octavo
