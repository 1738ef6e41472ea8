// What each channel of the float activations was seen to hold.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "graph/tensor.h"
#include "quant/range.h"
#include "runtime/plan.h"

namespace octavo {

struct ChannelStatistics {
  std::vector<Range> ranges;   // by channel, widened to contain 0
  std::vector<double> energy;  // by channel: the mean of its squares
  std::vector<double> mean;    // by channel
};

// (N, channels, ...), or (..., features).
enum class ChannelAxis { kSecond, kLast };

// By the name of the value; of those with channels (rank of 2 or more) that the plan holds. The
// same bytes for any number of threads.
using ActivationStatistics = std::map<std::string, ChannelStatistics>;
Result<ActivationStatistics> observe_channels(const std::shared_ptr<const Plan>& plan,
                                              const std::vector<std::vector<Tensor>>& samples,
                                              int threads, ChannelAxis axis = ChannelAxis::kSecond);

}  // namespace octavo
