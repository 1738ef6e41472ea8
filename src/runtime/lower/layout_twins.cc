#include "runtime/lower/layout_twins.h"

#include <cstring>

namespace octavo {
namespace {

Shape permuted(const Shape& shape, const std::array<int64_t, 4>& perm) {
  Shape result(std::vector<int64_t>(4));
  for (int i = 0; i < 4; ++i) result[i] = shape[static_cast<int>(perm[static_cast<size_t>(i)])];
  return result;
}

std::vector<int64_t> as_vector(const std::array<int64_t, 4>& perm) {
  return {perm.begin(), perm.end()};
}

// Of two layouts the same bytes serve both: one channel, or one pixel.
bool same_bytes(const Shape& last) { return last[3] == 1 || last[1] * last[2] == 1; }

// Is this node the Transpose that made (N, C, H, W) from a model's own (N, H, W, C)?
bool undoes_last(const Node& node) {
  return node.op == Op::kTranspose && node.attrs.get_ints("perm") == as_vector(kToFirst);
}

void move_axis(Value& value) {
  if (!value.quant || value.quant->per_tensor()) return;
  value.quant->axis = static_cast<int>(last_axis(value.quant->axis));
}

// Bytes of a (N, C, H, W) tensor as (N, H, W, C).
Buffer permuted_bytes(const Tensor& tensor, const Shape& first) {
  const size_t size = size_of(tensor.dtype());
  std::vector<std::byte> bytes(tensor.buffer().size());
  const std::byte* from = tensor.buffer().data();
  const int64_t channels = first[1], pixels = first[2] * first[3];
  for (int64_t n = 0; n < first[0]; ++n) {
    for (int64_t c = 0; c < channels; ++c) {
      for (int64_t p = 0; p < pixels; ++p, from += size) {
        const auto to = static_cast<size_t>((n * pixels + p) * channels + c);
        std::memcpy(bytes.data() + to * size, from, size);
      }
    }
  }
  return Buffer::adopt(std::move(bytes));
}

}  // namespace

Shape last_shape(const Shape& first) { return permuted(first, kToLast); }
Shape first_shape(const Shape& last) { return permuted(last, kToFirst); }

bool LayoutTwins::is_image(ValueId id) const {
  if (id == kNoValue) return false;
  const Value& value = graph_.value(id);
  return value.shape && value.shape->rank() == 4 && value.shape->is_static();
}

ValueId LayoutTwins::last(ValueId id) {
  if (is_last(id)) return id;
  const auto known = last_of_.find(id);
  if (known != last_of_.end()) return known->second;
  if (graph_.is_constant(id)) return last_of_[id] = last_constant(graph_.value(id));
  const ValueId twin = add_twin(id, last_shape(*graph_.value(id).shape), true);
  add_conversion(id, twin);
  return last_of_[id] = twin;
}

ValueId LayoutTwins::first(ValueId id) {
  if (!is_last(id)) return id;
  const auto known = first_of_.find(id);
  if (known != first_of_.end()) return known->second;
  const ValueId twin = add_twin(id, first_shape(*graph_.value(id).shape), false);
  add_conversion(id, twin);
  return first_of_[id] = twin;
}

void LayoutTwins::make_output_last(NodeId node, size_t i) {
  const ValueId id = graph_.node(node).outputs[i];
  if (id == kNoValue) return;
  if (graph_.is_output(id)) {
    const ValueId twin = add_twin(id, last_shape(*graph_.value(id).shape), true);
    graph_.set_output(node, i, twin);
    add_conversion(twin, id);
    last_of_[id] = twin;
    first_of_[twin] = id;
    return;
  }
  Value& value = graph_.value(id);
  value.shape = last_shape(*value.shape);
  value.channels_last = true;
  move_axis(value);
}

ValueId LayoutTwins::last_constant(const Value& value) {
  std::vector<int64_t> dims = value.shape->dims();
  dims.insert(dims.begin(), 4 - dims.size(), 1);  // as broadcasting would
  const Shape first(std::move(dims));
  Value twin = value;
  twin.shape = last_shape(first);
  twin.constant = share(value.constant->changed(
      *twin.shape, [first](const Tensor& tensor) { return permuted_bytes(tensor, first); }));
  twin.channels_last = true;
  move_axis(twin);
  return graph_.add_value(std::move(twin));
}

ValueId LayoutTwins::add_twin(ValueId of, const Shape& shape, bool channels_last) {
  Value twin = graph_.value(of);
  twin.name += channels_last ? " (N, H, W, C)" : " (N, C, H, W)";
  twin.shape = shape;
  twin.channels_last = channels_last;
  if (channels_last) move_axis(twin);
  return graph_.add_value(std::move(twin));
}

void LayoutTwins::add_conversion(ValueId from, ValueId to) {
  const bool to_last = graph_.value(to).channels_last;
  const Shape shape = *graph_.value(to).shape;
  Node node;
  node.name = graph_.value(to).name;
  node.outputs = {to};
  const NodeId producer = graph_.producer(from);
  if (to_last && producer != kNoNode && undoes_last(graph_.node(producer))) {
    node.op = Op::kIdentity;  // the model had it as (N, H, W, C) before
    node.inputs = {graph_.node(producer).inputs[0]};
  } else if (same_bytes(to_last ? shape : last_shape(shape))) {
    node.op = Op::kReshape;
    const Shape rank{4};
    node.inputs = {from, graph_.add_constant("shape", Tensor::from(shape.dims(), rank))};
  } else {
    node.op = Op::kTranspose;
    node.inputs = {from};
    node.attrs.set("perm", as_vector(to_last ? kToLast : kToFirst));
  }
  node.op_type = name_of(node.op);
  graph_.add_node(std::move(node));
}

}  // namespace octavo
