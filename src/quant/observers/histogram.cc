#include "quant/observers/histogram.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "quant/observer.h"

namespace octavo {
namespace {

constexpr int kFinestExponent = -100;  // of the bin width: smaller values share bin 0
constexpr int kCoarsestExponent = 128 - Histogram::kHalfBits;  // holds every float

// Least e with magnitude < kHalf * 2^e.
int exponent_for(float magnitude) {
  if (magnitude == 0) return kFinestExponent;
  return std::max(std::ilogb(magnitude) + 1 - Histogram::kHalfBits, kFinestExponent);
}

}  // namespace

Histogram::Histogram() : exponent_(kFinestExponent), counts_(kBins + kZeroLanes) {}

double Histogram::width() const { return std::ldexp(1.0, exponent_); }

void Histogram::add(std::span<const float> values, float largest_magnitude) {
  coarsen_to(exponent_for(largest_magnitude));
  count_bins(values, exponent_, counts_);
  const std::span<int64_t> lanes = std::span(counts_).subspan(kBins);
  const int64_t zeros = std::reduce(lanes.begin(), lanes.end());
  std::ranges::fill(lanes, 0);
  counts_[kHalf] += zeros;
  zeros_ += zeros;
}

void Histogram::add(const Histogram& other) {
  Histogram scaled = other;
  coarsen_to(other.exponent_);
  scaled.coarsen_to(exponent_);
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += scaled.counts_[i];
  zeros_ += other.zeros_;
}

void Histogram::write(ByteWriter& out) const {
  out.put(static_cast<int16_t>(exponent_));
  out.put_varint(static_cast<uint64_t>(zeros_));
  out.put_varint(static_cast<uint64_t>(
      std::count_if(counts_.begin(), counts_.end(), [](int64_t count) { return count > 0; })));
  for (size_t i = 0, next = 0; i < kBins; ++i) {
    if (counts_[i] == 0) continue;
    out.put_varint(i - next);
    out.put_varint(static_cast<uint64_t>(counts_[i]));
    next = i + 1;
  }
}

int64_t Histogram::read(ByteReader& in, int64_t most) {
  exponent_ = in.take<int16_t>();
  if (exponent_ < kFinestExponent || exponent_ > kCoarsestExponent) in.fail();
  zeros_ = take_element_count(in);
  int64_t total = 0;
  uint64_t bin = 0;
  for (size_t left = in.take_count(2); left > 0 && in.ok(); --left) {
    const uint64_t step = in.take_varint();
    const int64_t count = take_element_count(in);
    if (step >= kBins - bin || count > most - total) {
      in.fail();
      break;
    }
    counts_[bin + step] = count;
    total += count;
    bin += step + 1;
    if (bin == kBins && left > 1) in.fail();
  }
  if (zeros_ > counts_[kHalf]) in.fail();
  return total;
}

double Histogram::quantile(double wanted) const {
  double below = 0;
  size_t bin = 0;
  while (bin + 1 < kBins && below + static_cast<double>(counts_[bin]) < wanted) {
    below += static_cast<double>(counts_[bin++]);
  }
  const double count = static_cast<double>(counts_[bin]);
  const double inside = count > 0 ? (wanted - below) / count : 0;
  return std::ldexp(static_cast<double>(static_cast<int64_t>(bin) - kHalf) + inside, exponent_);
}

void Histogram::coarsen_to(int exponent) {
  if (exponent <= exponent_) return;
  const int shift = std::min(exponent - exponent_, kHalfBits + 1);  // beyond: bins 0 and -1 alone
  std::vector<int64_t> joined(counts_.size());
  for (int64_t i = -kHalf; i < kHalf; ++i) {
    joined[static_cast<size_t>((i >> shift) + kHalf)] += counts_[static_cast<size_t>(i + kHalf)];
  }
  counts_ = std::move(joined);
  exponent_ = exponent;
}

}  // namespace octavo
