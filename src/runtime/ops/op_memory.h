// Memory of the operators that multiply, convolve and pool.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "runtime/memory.h"
#include "runtime/op.h"

namespace octavo {

// Parts of the scratch memory of one call, each 64-byte aligned.
class ScratchParts {
 public:
  // Returns the offset of the part.
  uint64_t add(uint64_t bytes) {
    const uint64_t offset = bytes_;
    bytes_ += align_up(bytes);
    return offset;
  }
  // Null where there is not as much.
  std::byte* allocate(RunContext& context) const {
    if (bytes_ > std::numeric_limits<size_t>::max()) return nullptr;
    return context.scratch(static_cast<size_t>(bytes_));
  }

 private:
  uint64_t bytes_ = 0;
};

Status no_memory_to_run();  // kOutOfMemory

// Floats that stay for the life of a plan: packed weights.
class PackedFloats {
 public:
  static Result<PackedFloats> allocate(uint64_t count);
  float* data() { return reinterpret_cast<float*>(block_->data()); }
  const float* data() const { return reinterpret_cast<const float*>(block_->data()); }

 private:
  std::shared_ptr<Block> block_;  // shared: functions that run ops are copied
};

}  // namespace octavo
