// Where values live while a plan runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

namespace octavo {

constexpr size_t kAlignment = 64;  // a cache line, and more than any vector

constexpr uint64_t align_up(uint64_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

// A block of memory, 64-byte aligned; false where there was none to get.
class Block {
 public:
  Block() = default;
  explicit Block(uint64_t bytes);
  std::byte* data() const { return data_.get(); }
  size_t size() const { return size_; }
  explicit operator bool() const { return data_ != nullptr; }

 private:
  struct Free {
    void operator()(std::byte* data) const { std::free(data); }
  };
  std::unique_ptr<std::byte, Free> data_;
  size_t size_ = 0;
};

// A value lives from the step that makes it to the last one that uses it, both included.
struct Lifetime {
  int first;
  int last;
  uint64_t bytes;
};

struct ArenaLayout {
  std::vector<uint64_t> offsets;  // one a lifetime, 64-byte aligned
  uint64_t bytes = 0;
};

// Places that do not overlap while two values live at the same time. Greedy: the largest value
// first, each into the smallest gap that holds it (Pisarchyk and Lee, "Efficient Memory Management
// for Deep Neural Net Inference", 2020: within some percent of the largest sum of live values).
ArenaLayout lay_out(std::span<const Lifetime> lifetimes);

}  // namespace octavo
