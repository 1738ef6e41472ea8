#include "quant/shards.h"

#include <algorithm>

#include "base/thread_pool.h"

namespace octavo {
namespace {

Status first_error(std::span<const Status> statuses) {
  Status found;
  for (const Status& status : statuses) {
    if (status.ok()) continue;
    if (status.code() != ErrorCode::kCancelled) return status;
    found = status;
  }
  return found;
}

}  // namespace

int shard_count(int64_t samples, int threads) {
  return static_cast<int>(std::clamp<int64_t>(samples, 1, std::max(threads, 1)));
}

SampleSpan shard_samples(int64_t samples, int shard, int shards) {
  return {samples * shard / shards, samples * (shard + 1) / shards};
}

SharedProgress::SharedProgress(const Progress& progress, std::string phase, int64_t total)
    : progress_(progress), phase_(std::move(phase)), total_(total) {}

Status SharedProgress::step() {
  const std::lock_guard lock(mutex_);
  if (stopped_) return {ErrorCode::kCancelled, "cancelled"};
  const Status status = report(progress_, phase_, ++done_, total_);
  stopped_ = !status.ok();
  return status;
}

void SharedProgress::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
}

Status for_each_sample(const SampleSource& source, SampleSpan span, int thread,
                       SharedProgress& progress, std::vector<SkippedSample>& skipped,
                       const std::function<Status(int64_t index, std::span<const Tensor>)>& use) {
  for (int64_t i = span.begin; i < span.end; ++i) {
    const Result<std::vector<Tensor>> inputs = source.load(i, thread);
    if (inputs.ok()) {
      if (const Status status = use(i, *inputs); !status.ok()) {
        progress.stop();
        return status.at(source.name(i));
      }
    } else if (inputs.status().code() == ErrorCode::kImage) {
      skipped.push_back({source.name(i), inputs.status().message()});
    } else {
      progress.stop();
      return inputs.status().at(source.name(i));
    }
    OCTAVO_RETURN_IF_ERROR(progress.step());
  }
  return {};
}

Status over_shards(int64_t samples, int threads, const char* phase, const Progress& progress,
                   const ShardWork& work) {
  SharedProgress shared(progress, phase, samples);
  const int shards = shard_count(samples, threads);
  std::vector<Status> statuses(static_cast<size_t>(shards));
  parallel_for(shards, threads, [&](int shard, int thread) {
    statuses[static_cast<size_t>(shard)] =
        work(shard_samples(samples, shard, shards), shard, thread, shared);
  });
  return first_error(statuses);
}

Status check_any_used(int64_t used, const std::vector<SkippedSample>& skipped) {
  if (used > 0) return {};
  if (skipped.empty()) {
    return {ErrorCode::kCalibrationData, "there are no samples; give at least one picture"};
  }
  return {ErrorCode::kCalibrationData, "none of the " + std::to_string(skipped.size()) +
                                           " samples could be used; the first: " +
                                           skipped.front().name + ": " + skipped.front().reason};
}

std::vector<TensorView> views_of(std::span<const Tensor> tensors) {
  std::vector<TensorView> views;
  for (const Tensor& tensor : tensors) {
    views.push_back({tensor.dtype(), tensor.shape(), const_cast<void*>(tensor.data())});
  }
  return views;
}

std::vector<Shape> shapes_of(std::span<const Tensor> tensors) {
  std::vector<Shape> shapes;
  for (const Tensor& tensor : tensors) shapes.push_back(tensor.shape());
  return shapes;
}

}  // namespace octavo
