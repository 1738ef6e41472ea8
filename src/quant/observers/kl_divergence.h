// The choice of a threshold by Kullback-Leibler divergence, as ncnn and MNN make it.
#pragma once

#include "quant/observers/magnitudes.h"

namespace octavo {

// Where the two differ.
struct KlVariant {
  double start;      // of every bin, in counts
  double smoothing;  // of every bin of both distributions, in shares of all counts
};

constexpr KlVariant kNcnnKl{0, 1e-4};
constexpr KlVariant kMnnKl{1e-7, 0};

// |x| in 2048 bins up to the largest. For t = 128..2047: P is the first t bins, with all that lies
// beyond them added to the last; Q the same bins without that, averaged over 128 equal intervals.
// The threshold is (t + 1/2) bins where sum(P log(P / Q)) is least, the first of equals.
//
// Both programs find the largest |x| in a first pass over all samples and count bins in a second.
// Here the bins are made of 2048 to 4096 finer ones, whose counts are spread evenly: a new bin
// differs from theirs by a part of the counts in the two bins at its edges.
double kl_threshold(const Magnitudes& magnitudes, KlVariant variant);

}  // namespace octavo
