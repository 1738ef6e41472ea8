// The data of all values of one run: the arena, constants, bound inputs, and what is allocated
// while running because no shape was known ahead ("loose" values).
#pragma once

#include <memory>
#include <vector>

#include "runtime/memory.h"
#include "runtime/plan.h"

namespace octavo {

Status out_of_memory(uint64_t bytes);

class ValueStore {
 public:
  explicit ValueStore(std::shared_ptr<const Plan> plan);

  bool ok() const { return static_cast<bool>(arena_); }
  const TensorView& view(ValueId id) const { return views_[static_cast<size_t>(id)]; }
  bool is_loose(ValueId id) const;

  // An input of the caller's memory, or a copy of it.
  void bind(ValueId id, const TensorView& given) { views_[static_cast<size_t>(id)] = given; }
  Status bind_copy(ValueId id, const TensorView& given);
  // A copy of what an earlier run had there: in its place of the arena, or loose.
  Status put(ValueId id, const TensorView& kept);

  // The constants of another plan of the same graph.
  void take(std::shared_ptr<const Plan> plan);

  // For loose values. `release` keeps the view, for what looks at its shape.
  Result<TensorView> allocate(ValueId id, DType dtype, Shape shape);
  void release(ValueId id);

  // Memory of one step; null where there is none.
  std::byte* scratch(size_t bytes);

  size_t peak_bytes() const { return arena_.size() + peak_heap_bytes_; }

 private:
  TensorView view_ahead(ValueId id) const;
  Status resize(Block& block, uint64_t bytes);

  std::shared_ptr<const Plan> plan_;
  Block arena_;
  std::vector<TensorView> views_;  // by value
  std::vector<Block> blocks_;      // by value: loose ones, and copies of inputs
  Block scratch_;
  size_t heap_bytes_ = 0;
  size_t peak_heap_bytes_ = 0;
};

}  // namespace octavo
