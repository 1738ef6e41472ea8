#include "quant/timing.h"

#include <algorithm>
#include <chrono>

namespace octavo {

Result<std::vector<TensorView>> timed_run(Executor& executor, std::span<const TensorView> inputs,
                                          std::vector<double>& ms) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  OCTAVO_ASSIGN_OR_RETURN(std::vector<TensorView> outputs, executor.run(inputs));
  ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  return outputs;
}

double median_after_first(std::vector<double> ms) {
  if (ms.size() > 1) ms.erase(ms.begin());
  if (ms.empty()) return 0;
  const auto middle = ms.begin() + static_cast<std::ptrdiff_t>(ms.size() / 2);
  std::nth_element(ms.begin(), middle, ms.end());
  return *middle;
}

}  // namespace octavo
