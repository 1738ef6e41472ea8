#include "runtime/value_store.h"

#include <algorithm>
#include <cstring>

namespace octavo {

Status out_of_memory(uint64_t bytes) {
  return {ErrorCode::kOutOfMemory, "no memory for " + std::to_string((bytes >> 20) + 1) +
                                       " MB of intermediate values; use smaller inputs"};
}

ValueStore::ValueStore(std::shared_ptr<const Plan> plan)
    : plan_(std::move(plan)), arena_(plan_->arena_bytes) {
  blocks_.resize(plan_->graph.value_count());
  for (size_t v = 0; v < blocks_.size(); ++v) {
    views_.push_back(view_ahead(static_cast<ValueId>(v)));
  }
}

bool ValueStore::is_loose(ValueId id) const {
  return plan_->offsets[static_cast<size_t>(id)] < 0 && !plan_->graph.is_constant(id);
}

TensorView ValueStore::view_ahead(ValueId id) const {
  const Value& value = plan_->graph.value(id);
  if (value.constant) {
    const Tensor& tensor = plan_->constants[static_cast<size_t>(id)];  // steps do not write to it
    return {tensor.dtype(), tensor.shape(), const_cast<void*>(tensor.data())};
  }
  if (is_loose(id)) return {value.dtype, {0}, nullptr};
  const int64_t offset = plan_->offsets[static_cast<size_t>(id)];
  const bool empty = !arena_ || value.shape->count() == 0;
  return {value.dtype, *value.shape, empty ? nullptr : arena_.data() + offset};
}

Status ValueStore::resize(Block& block, uint64_t bytes) {
  heap_bytes_ -= block.size();
  block = Block();  // first: the two need not be held together
  block = Block(bytes);
  if (!block) return out_of_memory(bytes);
  heap_bytes_ += block.size();
  peak_heap_bytes_ = std::max(peak_heap_bytes_, heap_bytes_);
  return {};
}

Status ValueStore::bind_copy(ValueId id, const TensorView& given) {
  Block& block = blocks_[static_cast<size_t>(id)];
  if (!block || block.size() < given.bytes()) OCTAVO_RETURN_IF_ERROR(resize(block, given.bytes()));
  if (given.bytes() != 0) std::memcpy(block.data(), given.data, given.bytes());
  bind(id, {given.dtype, given.shape, given.data ? block.data() : nullptr});
  return {};
}

Status ValueStore::put(ValueId id, const TensorView& kept) {
  if (is_loose(id)) return bind_copy(id, kept);
  if (kept.bytes() != 0) std::memcpy(view(id).data, kept.data, kept.bytes());
  return {};
}

void ValueStore::take(std::shared_ptr<const Plan> plan) {
  plan_ = std::move(plan);
  for (size_t v = 0; v < views_.size(); ++v) {
    const auto id = static_cast<ValueId>(v);
    if (plan_->graph.is_constant(id)) views_[v] = view_ahead(id);
  }
}

Result<TensorView> ValueStore::allocate(ValueId id, DType dtype, Shape shape) {
  const std::optional<int64_t> count = shape.element_count();
  if (!count) return Status(ErrorCode::kOutOfMemory, "a value of shape " + shape.to_string());
  const uint64_t bytes = static_cast<uint64_t>(*count) * size_of(dtype);
  Block& block = blocks_[static_cast<size_t>(id)];
  OCTAVO_RETURN_IF_ERROR(resize(block, bytes));
  TensorView& view = views_[static_cast<size_t>(id)];
  view = {dtype, std::move(shape), bytes ? block.data() : nullptr};
  return view;
}

void ValueStore::release(ValueId id) {
  Block& block = blocks_[static_cast<size_t>(id)];
  heap_bytes_ -= block.size();
  block = Block();
}

std::byte* ValueStore::scratch(size_t bytes) {
  const bool enough = scratch_ && bytes <= scratch_.size();
  return enough || resize(scratch_, bytes).ok() ? scratch_.data() : nullptr;
}

}  // namespace octavo
