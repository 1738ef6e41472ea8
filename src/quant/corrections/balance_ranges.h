// Where equalization begins.
#pragma once

#include <vector>

#include "quant/corrections/equalization_noise.h"

namespace octavo {

// Exponents by class, within their limits: s = sqrt(r1 / r2) of Nagel et al. 2019, r1 and r2 being
// the largest weight of a channel in what makes and in what reads it, each by the largest of its
// tensor; iterated.
std::vector<int> balance_ranges(const std::vector<ProductNoise>& products,
                                const std::vector<ChannelClass>& classes);

}  // namespace octavo
