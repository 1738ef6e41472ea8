#include "runtime/memory.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace octavo {
namespace {

bool overlap(const Lifetime& a, const Lifetime& b) {
  return a.first <= b.last && b.first <= a.last;
}

struct Placed {
  uint64_t offset;
  uint64_t end;
  size_t index;
};

// The smallest gap between values alive at the same time; past all of them where none is large
// enough.
uint64_t best_gap(std::span<const Lifetime> lifetimes, const std::vector<Placed>& by_offset,
                  const Lifetime& wanted) {
  const uint64_t bytes = align_up(wanted.bytes);
  uint64_t best = 0, best_size = std::numeric_limits<uint64_t>::max(), free_from = 0;
  for (const Placed& placed : by_offset) {
    if (!overlap(lifetimes[placed.index], wanted)) continue;
    if (placed.offset >= free_from + bytes && placed.offset - free_from < best_size) {
      best = free_from;
      best_size = placed.offset - free_from;
    }
    free_from = std::max(free_from, placed.end);
  }
  return best_size == std::numeric_limits<uint64_t>::max() ? free_from : best;
}

}  // namespace

Block::Block(uint64_t bytes) {
  if (bytes > std::numeric_limits<size_t>::max() - kAlignment) return;
  const size_t size = static_cast<size_t>(align_up(std::max<uint64_t>(bytes, 1)));
  data_.reset(static_cast<std::byte*>(std::aligned_alloc(kAlignment, size)));
  if (data_) size_ = size;
}

ArenaLayout lay_out(std::span<const Lifetime> lifetimes) {
  std::vector<size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return lifetimes[a].bytes > lifetimes[b].bytes; });
  ArenaLayout layout;
  layout.offsets.resize(lifetimes.size());
  std::vector<Placed> by_offset;
  for (const size_t i : order) {
    const uint64_t offset = best_gap(lifetimes, by_offset, lifetimes[i]);
    const Placed placed{offset, offset + align_up(lifetimes[i].bytes), i};
    by_offset.insert(
        std::upper_bound(by_offset.begin(), by_offset.end(), placed,
                         [](const Placed& a, const Placed& b) { return a.offset < b.offset; }),
        placed);
    layout.offsets[i] = offset;
    layout.bytes = std::max(layout.bytes, placed.end);
  }
  return layout;
}

}  // namespace octavo
