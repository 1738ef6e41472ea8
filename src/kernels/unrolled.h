// Loops over arrays of registers. Each file that includes this has its own copy: they are compiled
// for different processors.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace octavo {
namespace {

// visit(0), ... as constants: g++ leaves arrays in memory that a loop passes through.
template <size_t kCount, typename Visit>
inline void unrolled(Visit visit) {
  [&]<size_t... i>(std::index_sequence<i...>) {
    (visit(std::integral_constant<size_t, i>()), ...);
  }(std::make_index_sequence<kCount>());
}

}  // namespace
}  // namespace octavo
