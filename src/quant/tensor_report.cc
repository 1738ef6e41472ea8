#include "quant/tensor_report.h"

#include <cmath>

namespace octavo {
namespace {

constexpr int64_t kBins = 64;
constexpr double kTail = 0.0005;  // what `middle` leaves out on each side

// At most kBins bins over the values that were seen, each as wide as some bins of the histogram.
Bins bins_of(const Histogram& histogram, Range seen) {
  const double width = histogram.width();
  const auto first = static_cast<int64_t>(std::floor(seen.min / width));
  const int64_t end = static_cast<int64_t>(std::floor(seen.max / width)) + 1;
  const int64_t joined = (end - first + kBins - 1) / kBins;
  Bins bins{static_cast<double>(first) * width, static_cast<double>(joined) * width, {}};
  bins.counts.resize(static_cast<size_t>((end - first + joined - 1) / joined));
  const std::span<const int64_t> counts = histogram.counts();
  for (int64_t i = first; i < end; ++i) {
    bins.counts[static_cast<size_t>((i - first) / joined)] +=
        counts[static_cast<size_t>(i + Histogram::kHalf)];
  }
  return bins;
}

}  // namespace

Range reached(const QuantParams& params, size_t channel) {
  const float scale = params.scale[channel];
  const int32_t zero_point = params.zero_point[channel];
  return {scale * static_cast<float>(params.qmin - zero_point),
          scale * static_cast<float>(params.qmax - zero_point)};
}

void TensorStatistics::add(std::span<const float> values, const QuantParams& params,
                           size_t channel) {
  observer_.observe(values);
  const Range ends = reached(params, channel);
  const float half = params.scale[channel] / 2;
  const float low = ends.min - half, high = ends.max + half;
  for (const float x : values) clipped_ += x < low || x > high ? 1 : 0;
}

void TensorStatistics::merge(const TensorStatistics& other) {
  observer_.merge(other.observer_);
  clipped_ += other.clipped_;
}

TensorReport TensorStatistics::report(const QuantParams& params) const {
  TensorReport report;
  report.params = params;
  report.chosen = reached(params);
  for (size_t i = 1; i < params.scale.size(); ++i) {
    const Range ends = reached(params, i);
    if (ends.max - ends.min > report.chosen.max - report.chosen.min) report.chosen = ends;
  }
  const double count = static_cast<double>(observer_.count());
  report.observed = observer_.extremes();
  report.clipped = static_cast<double>(clipped_) / count;
  report.middle = observer_.histogram().quantile((1 - kTail) * count) -
                  observer_.histogram().quantile(kTail * count);
  report.histogram = bins_of(observer_.histogram(), report.observed);
  return report;
}

void TensorStatistics::write(ByteWriter& out) const {
  observer_.write(out);
  out.put_varint(static_cast<uint64_t>(clipped_));
}

void TensorStatistics::read(ByteReader& in) {
  observer_.read(in);
  clipped_ = take_element_count(in);
  if (clipped_ > observer_.count()) in.fail();
  // The histogram must hold the extremes that were told.
  const double end = observer_.histogram().width() * static_cast<double>(Histogram::kHalf);
  const Range seen = observer_.extremes();
  if (usable() && !(seen.min >= -end && seen.max < end)) in.fail();
}

}  // namespace octavo
