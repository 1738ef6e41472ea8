// Splitting samples over threads, shared by calibration and comparison.
#pragma once

#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "quant/samples.h"
#include "runtime/op.h"

namespace octavo {

struct SampleSpan {
  int64_t begin;
  int64_t end;
};

// At least one shard, at most `threads`, none of them empty unless there are no samples.
int shard_count(int64_t samples, int threads);
SampleSpan shard_samples(int64_t samples, int shard, int shards);  // consecutive, nearly equal

// Progress of several threads: one at a time, never falling; once cancelled or failed, all stop.
class SharedProgress {
 public:
  SharedProgress(const Progress& progress, std::string phase, int64_t total);
  Status step();  // one more sample is done
  void stop();    // another thread failed: step() asks to cancel from now on

 private:
  const Progress& progress_;
  const std::string phase_;
  const int64_t total_;
  std::mutex mutex_;
  int64_t done_ = 0;
  bool stopped_ = false;
};

// Loads the samples of one shard in order and calls `use` on each. Unusable ones are noted in
// `skipped`; any other error ends the shard, is placed at its sample, and stops the other shards.
Status for_each_sample(const SampleSource& source, SampleSpan span, int thread,
                       SharedProgress& progress, std::vector<SkippedSample>& skipped,
                       const std::function<Status(int64_t index, std::span<const Tensor>)>& use);

// Calls work once for each of the shards that `threads` threads share. The first failure,
// rather than the cancelling that it caused in others.
using ShardWork =
    std::function<Status(SampleSpan span, int shard, int thread, SharedProgress& progress)>;
Status over_shards(int64_t samples, int threads, const char* phase, const Progress& progress,
                   const ShardWork& work);

// For an executor, which takes but does not change them.
std::vector<TensorView> views_of(std::span<const Tensor> tensors);
// For a plan.
std::vector<Shape> shapes_of(std::span<const Tensor> tensors);

}  // namespace octavo
