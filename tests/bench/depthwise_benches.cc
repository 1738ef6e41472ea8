// Depthwise convolutions: a line of pixels of layers of MobileNet V2 and V3.
#include <memory>

#include "kernels/dwconv/f32_dwconv.h"
#include "kernels/qdwconv/qdwconv.h"
#include "tests/bench/kernel_bench.h"

namespace octavo {
namespace {

struct Line {
  size_t pixels, channels, size;  // of the square kernel
  size_t taps() const { return size * size; }
};
constexpr Line kLines[] = {{112, 32, 3}, {14, 576, 3}, {14, 120, 5}};

std::string named(const char* kernel, const Line& line) {
  return std::string(kernel) + '/' + std::to_string(line.pixels) + 'x' +
         std::to_string(line.channels) + 'x' + std::to_string(line.size);
}

double macs(const Line& line) {
  return static_cast<double>(line.pixels * line.channels * line.taps());
}

std::function<void()> f32_run(const F32DwConvKernel& kernel, const Line& line) {
  const size_t pixels = line.pixels, channels = line.channels, taps = line.taps();
  const auto x = std::make_shared<std::vector<float>>(channels * (taps + pixels), 0.5f);
  const std::vector<float> w(channels * taps, 0.25f), bias(channels, 1.0f);
  std::vector<const float*> rows;
  for (size_t p = 0; p < pixels; ++p) {
    for (size_t t = 0; t < taps; ++t) rows.push_back(x->data() + (p + t) * channels);
  }
  return [=, &kernel, out = std::vector<float>(pixels * channels)]() mutable {
    (void)x;  // rows point into it
    kernel.run({pixels, taps, channels, rows.data(), w.data(), bias.data(), out.data(), {}});
  };
}

std::function<void()> q_run(const QDwConvKernel& kernel, const Line& line) {
  const auto [pixels, channels, size] = line;
  const auto x = std::make_shared<std::vector<uint8_t>>(channels * pixels, 77);
  const std::vector<uint8_t> w(channels * line.taps(), 3);
  const std::vector<int32_t> zeros(channels, 0);
  const std::vector<float> multiplier(channels, 1e-3f);
  const auto weights = std::make_shared<QDwConvWeights>(pack_weights(
      {channels, size, size, w.data(), true, zeros.data(), nullptr, multiplier.data(), false, 128},
      kernel));
  const auto rows = std::make_shared<std::vector<const uint8_t*>>(size, x->data());
  const QDwConvLine of = {rows->data(),
                          static_cast<int64_t>(pixels),
                          -static_cast<int64_t>(size / 2),
                          1,
                          1,
                          pixels,
                          false,
                          128};
  return [=, &kernel, scratch = std::vector<uint8_t>(qdwconv_scratch_bytes(of, *weights)),
          y = std::vector<uint8_t>(pixels * channels)]() mutable {
    (void)x, (void)rows;
    kernel.to_bytes(of, *weights, {128, 0, 255}, scratch.data(), y.data());
  };
}

Mix mix_of(const F32DwConvKernel& kernel) {
#ifdef OCTAVO_AVX2
  if (kernel.isa == Isa::kAvx2) return f32_dwconv_mix_avx2();
#endif
  (void)kernel;
  return f32_dwconv_mix();
}

Mix mix_of(const QDwConvKernel& kernel) {
#ifdef OCTAVO_RELAXED
  if (kernel.isa == Isa::kRelaxed) return qdwconv_mix_relaxed();
#endif
  (void)kernel;
  return qdwconv_mix_simd128();
}

template <typename Kernel, typename MakeRun>
void add_lines(KernelBenches& benches, const Kernel& kernel, MakeRun make_run) {
  const std::string limit = add_mix(benches, kernel.name, mix_of(kernel), "MAC");
  for (const Line& line : kLines) {
    benches.push_back({named(kernel.name, line), limit, "MAC", macs(line), make_run(kernel, line)});
  }
}

}  // namespace

void add_depthwise(KernelBenches& benches) {
  for_each_fast(f32_dwconv_kernels(),
                [&](const auto& kernel) { add_lines(benches, kernel, f32_run); });
  for_each_fast(qdwconv_kernels(), [&](const auto& kernel) { add_lines(benches, kernel, q_run); });
}

}  // namespace octavo
