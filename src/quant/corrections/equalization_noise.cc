#include "quant/corrections/equalization_noise.h"

#include <algorithm>
#include <cmath>

namespace octavo {
namespace {

constexpr double kActivationSteps = 255, kWeightSteps = 127;  // that a range, a magnitude is cut in

double factor(const Exponents& exponents, size_t one) { return std::ldexp(1, exponents.of(one)); }

// By what is there: the share of the noise.
double ratio(double noise, double signal) { return signal > 0 ? noise / 12 / signal : 0; }

}  // namespace

double ActivationNoise::of(const Exponents& exponents, const std::vector<ChannelClass>& all) const {
  double least = 0, most = 0, noise = 0, signal = 0;
  for (size_t c = 0; c < classes.size(); ++c) {
    const size_t one = classes[c];
    const double f = factor(exponents, one);
    least = std::min(least, static_cast<double>(ranges[c].min) / f);
    most = std::max(most, static_cast<double>(ranges[c].max) / f);
    noise += all[one].weight * f * f;
    signal += all[one].weight * energy[c];
  }
  const double step = (most - least) / kActivationSteps;
  return ratio(step * step * noise, signal);
}

ProductNoise::ProductNoise(const ProductChannels& at, std::span<const float> weights,
                           std::vector<size_t> inputs, std::vector<size_t> outputs)
    : at_(at),
      inputs_(std::move(inputs)),
      outputs_(std::move(outputs)),
      largest_(at.outputs * at.seen),
      energy_(largest_.size()),
      rows_(at.outputs) {
  for (size_t i = 0; i < largest_.size(); ++i) {
    for (const float w : weights.subspan(at.place(i / at.seen, i % at.seen), at.taps)) {
      const double x = std::fabs(static_cast<double>(w));
      largest_[i] = std::max(largest_[i], x);
      energy_[i] += x * x;
    }
  }
  for (size_t c = 0; c < inputs_.size(); ++c) columns_.emplace_back(inputs_[c], c);
  std::sort(columns_.begin(), columns_.end());
}

ProductNoise::Row ProductNoise::fresh(size_t o, const Exponents& exponents,
                                      const std::vector<ChannelClass>& classes) const {
  Row row;
  for (size_t k = 0; k < at_.seen; ++k) {
    const size_t one = inputs_[at_.input(o, k)];
    const double f = factor(exponents, one);
    row.largest = std::max(row.largest, largest(o, k) * f);
    row.energy += classes[one].energy / (f * f);
  }
  return row;
}

// After the move.
ProductNoise::Row ProductNoise::row(size_t o, const Exponents& exponents,
                                    const std::vector<ChannelClass>& classes) const {
  Row row = rows_[o];
  const size_t first = at_.input(o, 0), end = first + at_.seen;
  const auto begin =
      std::lower_bound(columns_.begin(), columns_.end(), std::pair(exponents.moved, first));
  for (auto i = begin; i != columns_.end() && *i < std::pair(exponents.moved, end); ++i) {
    const double now = std::ldexp(1, exponents.of_class[exponents.moved]);
    const double then = std::ldexp(now, exponents.by);
    const double weight = largest(o, i->second - first);
    if (exponents.by < 0 && weight * now >= row.largest) return fresh(o, exponents, classes);
    row.largest = std::max(row.largest, weight * then);
    const double energy = classes[exponents.moved].energy;
    row.energy += energy / (then * then) - energy / (now * now);
  }
  return row;
}

void ProductNoise::begin(const Exponents& exponents, const std::vector<ChannelClass>& classes) {
  for (size_t o = 0; o < rows_.size(); ++o) rows_[o] = fresh(o, exponents, classes);
}

void ProductNoise::move(const Exponents& exponents, const std::vector<ChannelClass>& classes) {
  for (size_t o = 0; o < rows_.size(); ++o) rows_[o] = row(o, exponents, classes);
}

double ProductNoise::of(const Exponents& exponents,
                        const std::vector<ChannelClass>& classes) const {
  double largest = 0, noise = 0, signal = 0;
  for (size_t o = 0; o < rows_.size(); ++o) {
    const Row r = row(o, exponents, classes);
    const ChannelClass& output = classes[outputs_[o]];
    const double f = factor(exponents, outputs_[o]);
    largest = std::max(largest, r.largest / f);
    noise += output.weight * f * f * r.energy;
    signal += output.weight * output.energy;
  }
  const double step = largest / kWeightSteps;
  return ratio(step * step * static_cast<double>(at_.taps) * noise, signal);
}

}  // namespace octavo
