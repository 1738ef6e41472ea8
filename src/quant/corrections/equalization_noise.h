// The noise that quantizing is expected to add to a graph whose channels have factors: what
// equalization makes small.
#pragma once

#include <span>
#include <vector>

#include "quant/corrections/channel_classes.h"
#include "quant/corrections/channel_statistics.h"
#include "quant/corrections/product_channels.h"

namespace octavo {

// Exponents of two by class; one of them may be seen as moved.
struct Exponents {
  std::vector<int> of_class;
  size_t moved = ~size_t{0};
  int by = 0;

  int of(size_t one) const { return of_class[one] + (one == moved ? by : 0); }
};

// What is known of a class of channels.
struct ChannelClass {
  int least = 0, most = 0;                    // exponents that it may have
  double energy = 0;                          // mean square, over its values
  double weight = 0;                          // how much noise on it counts
  std::vector<size_t> activations, products;  // where it occurs
};

// An activation as integers: noise of step^2 / 12 on each channel, the step from the range of all.
struct ActivationNoise {
  std::vector<size_t> classes;  // by channel
  std::vector<Range> ranges;    // likewise
  std::vector<double> energy;   // likewise

  double of(const Exponents& exponents, const std::vector<ChannelClass>& classes) const;
};

// The weights of a product as integers with one scale, likewise: times the energy that they meet.
class ProductNoise {
 public:
  // weights: as ProductChannels places them.
  ProductNoise(const ProductChannels& at, std::span<const float> weights,
               std::vector<size_t> inputs, std::vector<size_t> outputs);

  const ProductChannels& at() const { return at_; }
  const std::vector<size_t>& inputs() const { return inputs_; }    // classes, by channel
  const std::vector<size_t>& outputs() const { return outputs_; }  // likewise
  double largest(size_t o, size_t k) const { return largest_[o * at_.seen + k]; }  // magnitude
  double energy(size_t o, size_t k) const { return energy_[o * at_.seen + k]; }    // sum of squares

  // Takes the exponents, then each of their moves.
  void begin(const Exponents& exponents, const std::vector<ChannelClass>& classes);
  void move(const Exponents& exponents, const std::vector<ChannelClass>& classes);
  // With the move, by the signal.
  double of(const Exponents& exponents, const std::vector<ChannelClass>& classes) const;

 private:
  struct Row {
    double largest = 0;  // weight, with the factors of the inputs
    double energy = 0;   // of the inputs, with theirs
  };
  Row fresh(size_t o, const Exponents& exponents, const std::vector<ChannelClass>& classes) const;
  Row row(size_t o, const Exponents& exponents, const std::vector<ChannelClass>& classes) const;

  ProductChannels at_;
  std::vector<size_t> inputs_, outputs_;
  std::vector<double> largest_, energy_;
  std::vector<std::pair<size_t, size_t>> columns_;  // (class, input channel), sorted
  std::vector<Row> rows_;                           // without the move
};

}  // namespace octavo
