#include "quant/corrections/channel_statistics.h"

#include <algorithm>
#include <cmath>

#include "base/thread_pool.h"
#include "quant/float_view.h"
#include "quant/shards.h"
#include "runtime/executor.h"

namespace octavo {
namespace {

// values: (N, channels, ...)
ChannelStatistics statistics_of(std::span<const float> values, size_t batch, size_t channels) {
  ChannelStatistics seen{std::vector<Range>(channels), std::vector<double>(channels),
                         std::vector<double>(channels)};
  const size_t inner = values.size() / (batch * channels);
  for (size_t row = 0; row < batch * channels; ++row) {
    const size_t c = row % channels;
    double sum = 0, squares = 0;
    for (const float x : values.subspan(row * inner, inner)) {
      seen.ranges[c] = {std::min(seen.ranges[c].min, x), std::max(seen.ranges[c].max, x)};
      sum += static_cast<double>(x);
      squares += static_cast<double>(x) * static_cast<double>(x);
    }
    seen.energy[c] += squares / static_cast<double>(batch * inner);
    seen.mean[c] += sum / static_cast<double>(batch * inner);
  }
  return seen;
}

class ChannelObserver {
 public:
  ChannelObserver(const std::shared_ptr<const Plan>& plan, ChannelAxis axis)
      : executor_(plan), axis_(axis) {}

  Status run(std::span<const Tensor> inputs) {
    seen_.clear();
    std::vector<float> floats;
    const Tap look = [&](ValueId, const Value& value, TensorView view) {
      const int rank = view.shape.rank();
      if (view.dtype != DType::kFloat32 || rank < 2 || view.count() == 0) return;
      const bool moved = value.channels_last && rank > 2;
      if (axis_ == ChannelAxis::kLast && moved) return;  // its last dimension is no features
      read_floats(value, view, floats);
      const bool last = moved || axis_ == ChannelAxis::kLast;
      const auto channels = static_cast<size_t>(view.shape[last ? rank - 1 : 1]);
      const auto batch = axis_ == ChannelAxis::kLast ? static_cast<size_t>(view.count()) / channels
                                                     : static_cast<size_t>(view.shape[0]);
      seen_[value.name] = statistics_of(floats, batch, channels);
    };
    return executor_.observe(views_of(inputs), look).status();
  }

  void add_to(ActivationStatistics& all) const {
    for (const auto& [name, seen] : seen_) {
      const auto [found, is_new] = all.emplace(name, seen);
      ChannelStatistics& sum = found->second;
      if (is_new || sum.energy.size() != seen.energy.size()) continue;
      for (size_t c = 0; c < seen.energy.size(); ++c) {
        sum.energy[c] += seen.energy[c];
        sum.mean[c] += seen.mean[c];
        sum.ranges[c] = {std::min(sum.ranges[c].min, seen.ranges[c].min),
                         std::max(sum.ranges[c].max, seen.ranges[c].max)};
      }
    }
  }

 private:
  Executor executor_;
  ChannelAxis axis_;
  ActivationStatistics seen_;  // of the last sample
};

}  // namespace

Result<ActivationStatistics> observe_channels(const std::shared_ptr<const Plan>& plan,
                                              const std::vector<std::vector<Tensor>>& samples,
                                              int threads, ChannelAxis axis) {
  ActivationStatistics all;
  std::vector<ChannelObserver> observers;
  for (int i = 0; i < std::max(threads, 1); ++i) observers.emplace_back(plan, axis);
  // Sums are taken in the order of the samples, whoever ran them.
  for (size_t first = 0; first < samples.size(); first += observers.size()) {
    const size_t count = std::min(observers.size(), samples.size() - first);
    std::vector<Status> outcomes(count);
    parallel_for(static_cast<int>(count), threads, [&](int item, int) {
      const auto i = static_cast<size_t>(item);
      outcomes[i] = observers[i].run(samples[first + i]);
    });
    for (const Status& outcome : outcomes) OCTAVO_RETURN_IF_ERROR(outcome);
    for (size_t i = 0; i < count; ++i) observers[i].add_to(all);
  }
  for (auto& [name, seen] : all) {
    for (double& energy : seen.energy) energy /= static_cast<double>(samples.size());
    for (double& mean : seen.mean) mean /= static_cast<double>(samples.size());
  }
  return all;
}

}  // namespace octavo
