// Where calibration and comparison get their inputs from: images, arrays, whatever can be asked for
// one sample at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/status.h"
#include "graph/tensor.h"

namespace octavo {

struct SampleSource {
  int64_t count = 0;
  std::function<std::string(int64_t index)> name;  // for people: the name of the file
  // All inputs of one run, in the graph's order. Called from several threads, `thread` tells which.
  // kImage means that this one sample is unusable: it is skipped and reported; others stop the
  // work.
  std::function<Result<std::vector<Tensor>>(int64_t index, int thread)> load;
};

struct SkippedSample {
  std::string name;
  std::string reason;
};

// kCalibrationData where every sample was skipped, or none was given.
Status check_any_used(int64_t used, const std::vector<SkippedSample>& skipped);

}  // namespace octavo
