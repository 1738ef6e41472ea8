// A family of kernels is a list of its variants, worst instruction set first. `Kernel` is a struct
// of function pointers with members `name` and `isa`; kernels.inc names the variants, one a line.
#pragma once

#include <span>

#include "kernels/isa.h"

namespace octavo {

// Without those that this machine cannot run, or not exactly.
template <typename Kernel>
std::span<const Kernel* const> usable(std::span<const Kernel* const> variants) {
  while (variants.back()->isa > best_isa()) variants = variants.first(variants.size() - 1);
  return variants;
}

// The last variant that asks for no more than `isa`; every list starts with the plain one.
template <typename Kernel>
const Kernel& best_of(std::span<const Kernel* const> variants, Isa isa) {
  const Kernel* best = variants.front();
  for (const Kernel* variant : variants) {
    if (variant->isa <= isa) best = variant;
  }
  return *best;
}

}  // namespace octavo
