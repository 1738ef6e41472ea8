// How an operator runs: prepared once into a function (weights packed, kernel chosen), then called
// on every run. An operator is a file in ops/ and a line in op_list.cc.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "graph/graph.h"
#include "kernels/isa.h"

namespace octavo {

// Data of a value while running. For channels_last values dims are (N, H, W, C).
struct TensorView {
  DType dtype = DType::kUnknown;
  Shape shape;
  void* data = nullptr;  // null: an input left out or packed, or an empty tensor

  template <typename T>
  std::span<T> values() const {
    return {static_cast<T*>(data), static_cast<size_t>(shape.count())};
  }
  int64_t count() const { return shape.count(); }
  size_t bytes() const { return static_cast<size_t>(shape.count()) * size_of(dtype); }
};

// What a prepared node may look at: its node, and of every input and output the Value (dtype, shape
// where it is known before running, constant, quant, channels_last).
class PrepareContext {
 public:
  PrepareContext(const Graph& graph, const Node& node, Isa isa);
  const Graph& graph() const { return graph_; }
  const Node& node() const { return node_; }
  Isa isa() const { return isa_; }
  bool has_input(size_t i) const { return i < node_.inputs.size() && node_.inputs[i] != kNoValue; }
  const Value& input(size_t i) const { return graph_.value(node_.inputs[i]); }
  const Value& output(size_t i) const { return graph_.value(node_.outputs[i]); }
  bool is_constant(size_t i) const { return has_input(i) && input(i).constant != nullptr; }
  // The data of a constant input, there until the node is prepared; null where it is not constant.
  Result<const Tensor*> constant(size_t i) const;
  // From now on the node has this constant in a form of its own: when it runs, the input has dtype
  // and shape, but no data.
  void mark_packed(size_t i) const;
  const std::vector<bool>& packed() const { return packed_; }

 private:
  const Graph& graph_;
  const Node& node_;
  Isa isa_;
  mutable std::vector<std::optional<Tensor>> read_;  // by input
  mutable std::vector<bool> packed_;                 // by input
};

// One call. Inputs are there; outputs whose shape the shape function can tell are allocated.
class RunContext {
 public:
  virtual ~RunContext() = default;
  std::span<const TensorView> inputs;  // data null where left out
  std::span<TensorView> outputs;       // data null where the op must allocate, or where unused

  // For outputs whose shape only the data tells (NonZero, If).
  virtual Status allocate_output(size_t index, DType dtype, Shape shape) = 0;
  // Memory for this call alone, 64-byte aligned; one block a call, valid until the call returns.
  virtual std::byte* scratch(size_t bytes) = 0;

  // How many threads a step may use, and work(part) for each part in 0..parts-1 on them. The bytes
  // of a result may not depend on either.
  virtual int threads() const { return 1; }
  virtual void parallel(int parts, const std::function<void(int part)>& work) {
    for (int i = 0; i < parts; ++i) work(i);
  }

  bool has_input(size_t i) const { return i < inputs.size() && inputs[i].data != nullptr; }
};

// Const and free of shared state: several executors call it at the same time.
using RunFn = std::function<Status(RunContext&)>;
using PrepareFn = Result<RunFn> (*)(const PrepareContext&);

PrepareFn find_op(Op op);  // null where the runtime has none

}  // namespace octavo
