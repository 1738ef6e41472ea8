#include "quant/observer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace octavo {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr uint64_t kMostElements = uint64_t{1} << 48;  // of a state: sums of many do not overflow
constexpr size_t kLanes = 16;  // accumulators side by side: what compilers turn into vectors

struct Scan {
  Range extremes;  // where all are finite
  bool finite;
};

constexpr uint32_t kSign = 0x80000000u, kInfinityBits = 0x7f800000u;

// One look at every element, as integers: of floats of one sign they are in the order of the
// magnitudes, and infinity and NaN are above all others.
Scan scan(std::span<const float> values) {
  std::array<uint32_t, kLanes> low, high;
  std::array<int32_t, kLanes> most;
  low.fill(UINT32_MAX);
  high.fill(0);
  most.fill(INT32_MIN);
  const auto take = [&](size_t lane, float x) {
    const uint32_t bits = std::bit_cast<uint32_t>(x);
    const int32_t with_sign = std::bit_cast<int32_t>(x);
    low[lane] = bits < low[lane] ? bits : low[lane];
    high[lane] = bits > high[lane] ? bits : high[lane];
    most[lane] = with_sign > most[lane] ? with_sign : most[lane];
  };
  const size_t whole = values.size() / kLanes * kLanes;
  for (size_t i = 0; i < whole; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) take(lane, values[i + lane]);
  }
  for (size_t i = whole; i < values.size(); ++i) take(i - whole, values[i]);

  const uint32_t nearest = *std::ranges::min_element(low);    // to 0: of the positive ones, if any
  const uint32_t negative = *std::ranges::max_element(high);  // farthest below 0, if any is
  const int32_t positive = *std::ranges::max_element(most);   // farthest above 0, if any is
  const auto real = [](auto bits) { return std::bit_cast<float>(bits) + 0.0f; };  // -0 + 0 = 0
  return {{negative >= kSign ? real(negative) : real(nearest),
           positive >= 0 ? real(positive) : real(nearest)},
          positive < static_cast<int32_t>(kInfinityBits) && negative < (kSign | kInfinityBits)};
}

}  // namespace

Range extremes_of(std::span<const float> values) {
  Range range{kInfinity, -kInfinity};
  if (values.empty()) return range;
  if (const Scan seen = scan(values); seen.finite) return seen.extremes;
  for (const float x : values) {  // a comparison with NaN is false
    range.min = x < range.min ? x : range.min;
    range.max = x > range.max ? x : range.max;
  }
  return {range.min + 0.0f, range.max + 0.0f};
}

void Observer::observe(std::span<const float> values, int64_t plane) {
  if (values.empty()) return;
  plane_ = std::max(plane_, plane);
  const Scan seen = scan(values);
  count_ += static_cast<int64_t>(values.size());
  if (!seen.finite) {
    for (float x : values) {
      nan_count_ += std::isnan(x) ? 1 : 0;
      infinity_count_ += std::isinf(x) ? 1 : 0;
    }
    return;
  }
  extremes_ = {std::min(extremes_.min, seen.extremes.min),
               std::max(extremes_.max, seen.extremes.max)};
  add(values, seen.extremes);
}

void Observer::merge(const Observer& later) {
  count_ += later.count_;
  nan_count_ += later.nan_count_;
  infinity_count_ += later.infinity_count_;
  plane_ = std::max(plane_, later.plane_);
  extremes_ = {std::min(extremes_.min, later.extremes_.min),
               std::max(extremes_.max, later.extremes_.max)};
  add_later(later);
}

Result<Range> Observer::range() const {
  if (!all_finite()) {
    return Status(ErrorCode::kCalibrationData,
                  "holds " + std::to_string(nan_count_) + " NaN and " +
                      std::to_string(infinity_count_) + " infinite elements of " +
                      std::to_string(count_) +
                      "; check the model's weights and the preprocessing of its inputs");
  }
  if (count_ == 0) return Status(ErrorCode::kCalibrationData, "was never seen holding any element");
  return choose();
}

void Observer::write(ByteWriter& out) const {
  for (const int64_t n : {count_, nan_count_, infinity_count_, plane_}) {
    out.put_varint(static_cast<uint64_t>(n));
  }
  out.put(uint8_t{has_extremes()});
  if (has_extremes()) write_range(extremes_, out);
  write_own(out);
}

void Observer::read(ByteReader& in) {
  for (int64_t* n : {&count_, &nan_count_, &infinity_count_, &plane_}) *n = take_element_count(in);
  if (in.take<uint8_t>() != 0) extremes_ = read_range(in);
  const bool sensible = nan_count_ + infinity_count_ <= count_ && plane_ <= count_ &&
                        (has_extremes() ? count_ > 0 : count_ == 0 || !all_finite());
  if (!sensible) in.fail();
  if (in.ok()) read_own(in);
}

void write_range(Range range, ByteWriter& out) {
  out.put(range.min);
  out.put(range.max);
}

Range read_range(ByteReader& in) {
  const float min = in.take<float>(), max = in.take<float>();
  if (!(std::isfinite(min) && std::isfinite(max) && min <= max)) in.fail();
  return {min, max};
}

int64_t take_element_count(ByteReader& in) {
  const uint64_t count = in.take_varint();
  if (count > kMostElements) in.fail();
  return in.ok() ? static_cast<int64_t>(count) : 0;
}

}  // namespace octavo
