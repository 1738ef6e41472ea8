// Pools of one window: 3x3, and 7x7 as at a network's end. Work is counted in elements read.
#include <memory>

#include "kernels/pool/f32_pool.h"
#include "kernels/qpool/qpool.h"
#include "tests/bench/kernel_bench.h"

namespace octavo {
namespace {

constexpr size_t kTaps[] = {9, 49};
constexpr size_t kChannels = 128;

// make_run(rows) gives a run over a window of these pixels, each of kChannels elements.
template <typename Element, typename MakeRun>
void add_windows(KernelBenches& benches, const std::string& kernel, const Mix& mix,
                 MakeRun make_run) {
  const std::string limit = add_mix(benches, kernel, mix, "element");
  for (const size_t taps : kTaps) {
    const auto x = std::make_shared<std::vector<Element>>(taps * kChannels, Element{7});
    std::vector<const Element*> rows;
    for (size_t t = 0; t < taps; ++t) rows.push_back(x->data() + t * kChannels);
    const auto run = make_run(rows);
    benches.push_back({kernel + '/' + std::to_string(taps) + 'x' + std::to_string(kChannels), limit,
                       "element", static_cast<double>(taps * kChannels), [x, run] { run(); }});
  }
}

std::function<void()> f32_run(void (*pool)(const F32Pool&), const std::vector<const float*>& rows) {
  return [=, out = std::vector<float>(kChannels)]() mutable {
    pool({rows.size(), kChannels, rows.data(), 9.0f, out.data()});
  };
}

}  // namespace

void add_pools(KernelBenches& benches) {
  for_each_fast(f32_pool_kernels(), [&](const F32PoolKernel& kernel) {
    const std::string name = kernel.name;
    add_windows<float>(benches, name + "_max", f32_max_pool_mix(),
                       [&](const auto& rows) { return f32_run(kernel.max, rows); });
    add_windows<float>(benches, name + "_mean", f32_mean_pool_mix(),
                       [&](const auto& rows) { return f32_run(kernel.mean, rows); });
  });
  for_each_fast(qpool_kernels(), [&](const QPoolKernel& kernel) {
    const std::string name = kernel.name;
    add_windows<uint8_t>(benches, name + "_maximum", qmax_pool_mix(),
                         [&](const auto& rows) -> std::function<void()> {
                           return [&kernel, rows, y = std::vector<uint8_t>(kChannels)]() mutable {
                             kernel.maximum({rows.size(), kChannels, rows.data(), false}, y.data());
                           };
                         });
    add_windows<uint8_t>(benches, name + "_average", qaverage_pool_mix(),
                         [&](const auto& rows) -> std::function<void()> {
                           return [&kernel, rows, y = std::vector<uint8_t>(kChannels)]() mutable {
                             kernel.average({rows.size(), kChannels, rows.data(), false}, -1000,
                                            0.02f, {128, 0, 255}, y.data());
                           };
                         });
  });
}

}  // namespace octavo
