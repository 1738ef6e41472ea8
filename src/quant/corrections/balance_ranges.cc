#include "quant/corrections/balance_ranges.h"

#include <algorithm>
#include <cmath>

namespace octavo {
namespace {

constexpr int kRounds = 20;

// The largest weight of each class by the largest of its tensor, the most of all products.
struct Shares {
  std::vector<double> made, read;
};

void raise(std::vector<double>& shares, const std::vector<size_t>& classes,
           const std::vector<double>& largest) {
  const double most = *std::max_element(largest.begin(), largest.end());
  for (size_t c = 0; c < largest.size() && most > 0; ++c) {
    shares[classes[c]] = std::max(shares[classes[c]], largest[c] / most);
  }
}

Shares shares_of(const std::vector<ProductNoise>& products, const std::vector<double>& factors) {
  Shares shares{std::vector<double>(factors.size()), std::vector<double>(factors.size())};
  for (const ProductNoise& product : products) {
    const ProductChannels& at = product.at();
    std::vector<double> rows(at.outputs), columns(at.inputs());
    for (size_t o = 0; o < at.outputs; ++o) {
      for (size_t k = 0; k < at.seen; ++k) {
        const size_t c = at.input(o, k);
        const double x =
            product.largest(o, k) * factors[product.inputs()[c]] / factors[product.outputs()[o]];
        rows[o] = std::max(rows[o], x);
        columns[c] = std::max(columns[c], x);
      }
    }
    raise(shares.made, product.outputs(), rows);
    raise(shares.read, product.inputs(), columns);
  }
  return shares;
}

// All classes move at once: half the way each.
double step(double made, double read) {
  return made > 0 && read > 0 ? std::sqrt(std::sqrt(made / read)) : 1;
}

// The nearest power of two, by ratio.
int nearest_exponent(double x) {
  int exponent = 0;
  const double mantissa = std::frexp(x, &exponent);  // 0.5..1
  return mantissa < std::sqrt(0.5) ? exponent - 1 : exponent;
}

}  // namespace

std::vector<int> balance_ranges(const std::vector<ProductNoise>& products,
                                const std::vector<ChannelClass>& classes) {
  std::vector<double> factors(classes.size(), 1);
  for (int round = 0; round < kRounds; ++round) {
    const Shares shares = shares_of(products, factors);
    for (size_t i = 0; i < classes.size(); ++i) {
      factors[i] = std::clamp(factors[i] * step(shares.made[i], shares.read[i]),
                              std::ldexp(1, classes[i].least), std::ldexp(1, classes[i].most));
    }
  }
  std::vector<int> exponents;
  for (size_t i = 0; i < classes.size(); ++i) {
    exponents.push_back(
        std::clamp(nearest_exponent(factors[i]), classes[i].least, classes[i].most));
  }
  return exponents;
}

}  // namespace octavo
