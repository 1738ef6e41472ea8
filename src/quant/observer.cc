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
  Range extremes;
  bool finite;
};

// One look at every element: the extremes, and whether all exponents are below that of NaN and
// infinity. A comparison with NaN is false, so NaN never replaces an extreme.
Scan scan(std::span<const float> values) {
  std::array<float, kLanes> low, high;
  std::array<uint32_t, kLanes> exponent{};
  low.fill(kInfinity);
  high.fill(-kInfinity);
  const auto take = [&](size_t lane, float x) {
    low[lane] = x < low[lane] ? x : low[lane];
    high[lane] = x > high[lane] ? x : high[lane];
    const uint32_t bits = std::bit_cast<uint32_t>(x) & 0x7f800000u;
    exponent[lane] = bits > exponent[lane] ? bits : exponent[lane];
  };
  const size_t whole = values.size() / kLanes * kLanes;
  for (size_t i = 0; i < whole; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) take(lane, values[i + lane]);
  }
  for (size_t i = whole; i < values.size(); ++i) take(i - whole, values[i]);
  return {{*std::min_element(low.begin(), low.end()) + 0.0f,  // -0 + 0 = 0
           *std::max_element(high.begin(), high.end()) + 0.0f},
          *std::max_element(exponent.begin(), exponent.end()) < 0x7f800000u};
}

}  // namespace

Range extremes_of(std::span<const float> values) { return scan(values).extremes; }

void Observer::observe(std::span<const float> values) {
  if (values.empty()) return;
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
  for (const int64_t n : {count_, nan_count_, infinity_count_}) {
    out.put_varint(static_cast<uint64_t>(n));
  }
  out.put(uint8_t{has_extremes()});
  if (has_extremes()) write_range(extremes_, out);
  write_own(out);
}

void Observer::read(ByteReader& in) {
  for (int64_t* n : {&count_, &nan_count_, &infinity_count_}) *n = take_element_count(in);
  if (in.take<uint8_t>() != 0) extremes_ = read_range(in);
  const bool sensible = nan_count_ + infinity_count_ <= count_ &&
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
