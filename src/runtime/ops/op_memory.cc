#include "runtime/ops/op_memory.h"

namespace octavo {

Status no_memory_to_run() {
  return {ErrorCode::kOutOfMemory, "no memory to run the node; use smaller inputs"};
}

Result<PackedFloats> PackedFloats::allocate(uint64_t count) {
  PackedFloats made;
  made.block_ = std::make_shared<Block>(count * sizeof(float));
  if (*made.block_) return made;
  return Status(ErrorCode::kOutOfMemory, "no memory for weights of " +
                                             std::to_string((count * sizeof(float)) >> 20) + " MB");
}

}  // namespace octavo
