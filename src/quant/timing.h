// Times of runs.
#pragma once

#include <span>
#include <vector>

#include "runtime/executor.h"

namespace octavo {

// Runs and appends the milliseconds that it took.
Result<std::vector<TensorView>> timed_run(Executor& executor, std::span<const TensorView> inputs,
                                          std::vector<double>& ms);

// The first run warms caches up and does not count where there are others; 0 for none.
double median_after_first(std::vector<double> ms);

}  // namespace octavo
