// A step's work in parts, which the threads of a run share. A part does whole items (lines, rows,
// columns), each as it would be done alone, so that the bytes do not depend on how many parts there
// are.
#pragma once

#include <algorithm>
#include <cstdint>

#include "runtime/op.h"

namespace octavo {

// What work is measured in: multiply-adds of bytes in a matrix product. Others take longer.
constexpr double kFloatMac = 4;  // also where every channel is by itself
constexpr double kByteSum = 32;  // of a byte and a byte

// How many parts are worth a thread each, at most `most`; at least one.
inline int parts_worth(double work, int64_t most) {
  constexpr double kWorthAThread = 1 << 20;  // ten microseconds, several times what sharing takes
  const double worth = std::min(work / kWorthAThread, 1e9);
  return static_cast<int>(std::max<int64_t>(1, std::min(most, static_cast<int64_t>(worth))));
}

// run(first, count, part) for each part of the items.
template <typename Run>
void run_parts(RunContext& context, int parts, int64_t items, Run&& run) {
  context.parallel(parts, [&](int part) {
    const int64_t first = items * part / parts;
    run(first, items * (part + 1) / parts - first, part);
  });
}

}  // namespace octavo
