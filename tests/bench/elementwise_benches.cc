// What takes each element by itself: 4096 of them, which lie in the first-level cache, and a layer
// of MobileNet V2.
#include "kernels/qbinary/qbinary.h"
#include "kernels/qconvert/qconvert.h"
#include "kernels/qtable/qtable.h"
#include "tests/bench/kernel_bench.h"

namespace octavo {
namespace {

constexpr size_t kCounts[] = {4096, 56 * 56 * 24};
constexpr Requant kOut{128, 0, 255};

// make_run(n) gives a run over n elements.
template <typename MakeRun>
void add_counts(KernelBenches& benches, const std::string& kernel, const Mix& mix,
                MakeRun make_run) {
  const std::string limit = add_mix(benches, kernel, mix, "element");
  for (const size_t n : kCounts) {
    benches.push_back(
        {kernel + '/' + std::to_string(n), limit, "element", static_cast<double>(n), make_run(n)});
  }
}

std::function<void()> binary_run(QBinaryFn fn, size_t n) {
  const QBinary params = {{0.02f, 128, false}, {0.03f, 120, false}, 0.05f, kOut};
  const std::vector<uint8_t> a(n, 77), b(n, 99);
  return [=, y = std::vector<uint8_t>(n)]() mutable {
    fn(n, a.data(), b.data(), false, params, y.data());
  };
}

void add_binary(KernelBenches& benches, const QBinaryKernel& kernel) {
  const std::string name = kernel.name;
  add_counts(benches, name + "_add", qbinary_add_mix(),
             [&](size_t n) { return binary_run(kernel.add, n); });
  add_counts(benches, name + "_mul", qbinary_mul_mix(),
             [&](size_t n) { return binary_run(kernel.mul, n); });
}

void add_convert(KernelBenches& benches, const QConvertKernel& kernel) {
  const std::string name = kernel.name;
  add_counts(benches, name + "_quantize", quantize_mix(), [&](size_t n) -> std::function<void()> {
    return [&kernel, n, x = std::vector<float>(n, 0.7f), y = std::vector<uint8_t>(n)]() mutable {
      kernel.quantize(n, x.data(), 0.05f, kOut, y.data());
    };
  });
  add_counts(
      benches, name + "_dequantize", dequantize_mix(), [&](size_t n) -> std::function<void()> {
        return [&kernel, n, x = std::vector<uint8_t>(n, 77), y = std::vector<float>(n)]() mutable {
          kernel.dequantize(n, x.data(), false, 0.05f, 128, y.data());
        };
      });
}

}  // namespace

void add_elementwise(KernelBenches& benches) {
  for_each_fast(qbinary_kernels(), [&](const auto& kernel) { add_binary(benches, kernel); });
  for_each_fast(qconvert_kernels(), [&](const auto& kernel) { add_convert(benches, kernel); });
  add_counts(benches, "qx8_requantize", table_mix(), [](size_t n) -> std::function<void()> {
    return [n, table = requantize_table(0.05f, 128, false, 0.07f, kOut),
            x = std::vector<uint8_t>(n, 77),
            y = std::vector<uint8_t>(n)]() mutable { look_up(n, x.data(), table, y.data()); };
  });
}

}  // namespace octavo
