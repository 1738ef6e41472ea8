#include "runtime/executor.h"

#include <algorithm>
#include <cstring>

#include "graph/shape_inference.h"
#include "runtime/memory.h"

namespace octavo {
namespace {

constexpr int64_t kMaxShapeData = 1024;  // elements: larger tensors describe no shape

Status out_of_memory(uint64_t bytes) {
  return {ErrorCode::kOutOfMemory, "no memory for " + std::to_string((bytes >> 20) + 1) +
                                       " MB of intermediate values; use smaller inputs"};
}

bool fits(const Value& value, const TensorView& view) {
  if (value.dtype != view.dtype || !view.shape.element_count()) return false;
  if (!value.shape) return true;
  if (value.shape->rank() != view.shape.rank()) return false;
  for (int i = 0; i < view.shape.rank(); ++i) {
    if ((*value.shape)[i] != kDynamic && (*value.shape)[i] != view.shape[i]) return false;
  }
  return true;
}

std::string type_of(DType dtype, const std::optional<Shape>& shape) {
  return std::string(name_of(dtype)) + (shape ? shape->to_string() : " of any shape");
}

// Sizes, axes, scales, ends of a range: what shape functions read.
bool may_be_shape(const TensorView& view) { return view.data && view.count() <= kMaxShapeData; }

// What these give depends on data; for If, asking the shape function would walk the branches again.
bool allocates_itself(Op op) { return op == Op::kIf || op == Op::kNonZero; }

Tensor copy_tensor(const TensorView& view) {
  const std::span bytes(static_cast<const std::byte*>(view.data), view.bytes());
  return {view.dtype, view.shape, Buffer::copy_of(bytes)};
}

}  // namespace

// Views of all values stand in `views`. Each step holds its own, filled ahead for values of the
// arena and constants, so that a run of a static graph allocates nothing; the others ("loose":
// inputs, and values whose shape is not known ahead) are refreshed before the step.
struct Executor::State final : RunContext {
  struct StepViews {
    std::vector<TensorView> inputs;
    std::vector<TensorView> outputs;
    std::vector<size_t> loose_inputs;
    std::vector<size_t> loose_outputs;
    std::vector<ValueId> dead;  // loose values to free after the step
  };

  std::shared_ptr<const Plan> plan;
  Block arena;
  std::vector<TensorView> views;
  std::vector<Block> blocks;  // by value: of loose values, and copies of inputs under a tap
  std::vector<StepViews> steps;
  StepViews* step = nullptr;  // the one that runs
  const Step* planned = nullptr;
  Block scratch_block;
  size_t heap_bytes = 0;
  size_t peak_heap_bytes = 0;

  explicit State(std::shared_ptr<const Plan> made)
      : plan(std::move(made)), arena(plan->arena_bytes) {
    views.resize(plan->graph.value_count());
    blocks.resize(views.size());
    for (size_t v = 0; v < views.size(); ++v) views[v] = view_ahead(static_cast<ValueId>(v));
    for (size_t i = 0; i < plan->steps.size(); ++i) steps.push_back(views_of(static_cast<int>(i)));
  }

  bool is_loose(ValueId id) const {
    return plan->offsets[static_cast<size_t>(id)] < 0 && !plan->graph.is_constant(id);
  }

  TensorView view_ahead(ValueId id) const {
    const Value& value = plan->graph.value(id);
    if (value.constant) {
      const Tensor& tensor = *value.constant;  // never written: steps write to their outputs only
      return {tensor.dtype(), tensor.shape(), const_cast<void*>(tensor.data())};
    }
    if (is_loose(id)) return {value.dtype, {0}, nullptr};
    const int64_t offset = plan->offsets[static_cast<size_t>(id)];
    const bool empty = value.shape->count() == 0;
    return {value.dtype, *value.shape, empty || !arena ? nullptr : arena.data() + offset};
  }

  StepViews views_of(int index) const {
    const Step& from = plan->steps[static_cast<size_t>(index)];
    StepViews made;
    fill(from.inputs, made.inputs, made.loose_inputs);
    fill(from.outputs, made.outputs, made.loose_outputs);
    for (const auto& ids : {from.inputs, from.outputs}) {
      for (const ValueId id : ids) {
        if (id == kNoValue || !is_loose(id) || plan->graph.is_input(id)) continue;
        if (plan->last_use[static_cast<size_t>(id)] == index) made.dead.push_back(id);
      }
    }
    return made;
  }

  void fill(const std::vector<ValueId>& ids, std::vector<TensorView>& filled,
            std::vector<size_t>& loose) const {
    for (size_t i = 0; i < ids.size(); ++i) {
      filled.push_back(ids[i] == kNoValue ? TensorView{} : views[static_cast<size_t>(ids[i])]);
      if (ids[i] != kNoValue && is_loose(ids[i])) loose.push_back(i);
    }
  }

  // --- RunContext

  Status allocate_output(size_t index, DType dtype, Shape shape) override {
    const ValueId id = planned->outputs[index];
    TensorView& output = step->outputs[index];
    if (!is_loose(id)) {  // the shape was known ahead after all
      if (output.dtype == dtype && output.shape == shape) return {};
      return {ErrorCode::kInternal, "output " + std::to_string(index) + " is " +
                                        type_of(dtype, shape) + ", was inferred as " +
                                        type_of(output.dtype, output.shape)};
    }
    const std::optional<int64_t> count = shape.element_count();
    if (!count) return {ErrorCode::kOutOfMemory, "an output of shape " + shape.to_string()};
    const uint64_t bytes = static_cast<uint64_t>(*count) * size_of(dtype);
    release(id);
    Block& block = blocks[static_cast<size_t>(id)];
    block = Block(bytes);
    if (!block) return out_of_memory(bytes);
    grow_heap(block.size());
    output = {dtype, std::move(shape), bytes ? block.data() : nullptr};
    return {};
  }

  std::byte* scratch(size_t bytes) override {
    if (!scratch_block || bytes > scratch_block.size()) {
      heap_bytes -= scratch_block.size();
      scratch_block = Block();  // first: the two need not be held together
      scratch_block = Block(bytes);
      grow_heap(scratch_block.size());
    }
    return scratch_block.data();
  }

  // --- memory

  void grow_heap(size_t bytes) {
    heap_bytes += bytes;
    peak_heap_bytes = std::max(peak_heap_bytes, heap_bytes);
  }

  void release(ValueId id) {
    Block& block = blocks[static_cast<size_t>(id)];
    heap_bytes -= block.size();
    block = Block();
  }

  // --- running

  Status bind_inputs(std::span<const TensorView> given, bool copy) {
    const Graph& graph = plan->graph;
    if (given.size() != graph.inputs.size()) {
      return {ErrorCode::kInvalidArgument, "the model has " + std::to_string(graph.inputs.size()) +
                                               " inputs, was given " +
                                               std::to_string(given.size())};
    }
    for (size_t i = 0; i < given.size(); ++i) {
      const ValueId id = graph.inputs[i];
      const Value& value = graph.value(id);
      if (!fits(value, given[i])) {
        return Status(ErrorCode::kInvalidArgument,
                      "wants " + type_of(value.dtype, value.shape) + ", was given " +
                          type_of(given[i].dtype, given[i].shape),
                      "input '" + value.name + "'");
      }
      views[static_cast<size_t>(id)] = given[i];
      if (copy) OCTAVO_RETURN_IF_ERROR(copy_input(id));
    }
    return {};
  }

  Status copy_input(ValueId id) {
    TensorView& view = views[static_cast<size_t>(id)];
    Block& block = blocks[static_cast<size_t>(id)];
    if (block.size() < view.bytes()) {
      release(id);
      block = Block(view.bytes());
      if (!block) return out_of_memory(view.bytes());
      grow_heap(block.size());
    }
    if (view.bytes() != 0) std::memcpy(block.data(), view.data, view.bytes());
    view.data = block.data();
    return {};
  }

  void refresh_loose_inputs() {
    for (const size_t i : step->loose_inputs) {
      const TensorView& from = views[static_cast<size_t>(planned->inputs[i])];
      TensorView& to = step->inputs[i];
      to.dtype = from.dtype;
      to.data = from.data;
      if (to.shape != from.shape) to.shape = from.shape;
    }
  }

  // Shapes of outputs that are not known ahead follow from the inputs of this run; where only the
  // data tells, the op allocates.
  Status allocate_loose_outputs() {
    if (allocates_itself(plan->graph.node(planned->node).op)) {
      for (const size_t i : step->loose_outputs) step->outputs[i] = {};
      return {};
    }
    std::vector<ValueInfo> inputs, outputs(planned->outputs.size());
    std::vector<Tensor> shape_data(step->inputs.size());
    for (size_t i = 0; i < step->inputs.size(); ++i) {
      const ValueId id = planned->inputs[i];
      if (id == kNoValue) {
        inputs.emplace_back();
        continue;
      }
      const TensorView& view = step->inputs[i];
      const Tensor* constant = plan->graph.constant(id);
      if (!constant && may_be_shape(view)) constant = &(shape_data[i] = copy_tensor(view));
      inputs.push_back({view.dtype, view.shape, constant});
    }
    OCTAVO_RETURN_IF_ERROR(infer_node(plan->graph.node(planned->node), inputs, outputs));
    for (const size_t i : step->loose_outputs) {
      if (!outputs[i].shape || !outputs[i].shape->is_static()) {
        return {ErrorCode::kModelUnsupported,
                "the shape of output " + std::to_string(i) + " cannot be told from the inputs"};
      }
      OCTAVO_RETURN_IF_ERROR(allocate_output(i, outputs[i].dtype, *outputs[i].shape));
    }
    return {};
  }

  Status run_step(size_t index, const Tap& tap) {
    planned = &plan->steps[index];
    step = &steps[index];
    refresh_loose_inputs();
    if (!step->loose_outputs.empty()) OCTAVO_RETURN_IF_ERROR(allocate_loose_outputs());
    RunContext::inputs = step->inputs;
    RunContext::outputs = step->outputs;
    OCTAVO_RETURN_IF_ERROR(planned->run(*this));
    for (const size_t i : step->loose_outputs) {
      views[static_cast<size_t>(planned->outputs[i])] = step->outputs[i];
    }
    for (size_t i = 0; tap && i < step->outputs.size(); ++i) call(tap, planned->outputs[i]);
    for (const ValueId id : step->dead) release(id);
    return {};
  }

  void call(const Tap& tap, ValueId id) {
    if (id == kNoValue || !views[static_cast<size_t>(id)].data) return;
    tap(id, plan->graph.value(id), views[static_cast<size_t>(id)]);
  }
};

Executor::Executor(std::shared_ptr<const Plan> plan)
    : state_(std::make_unique<State>(std::move(plan))) {}
Executor::~Executor() = default;
Executor::Executor(Executor&&) noexcept = default;

const Plan& Executor::plan() const { return *state_->plan; }

Result<std::vector<TensorView>> Executor::run(std::span<const TensorView> inputs, const Tap& tap) {
  State& state = *state_;
  if (!state.arena) return out_of_memory(plan().arena_bytes);
  OCTAVO_RETURN_IF_ERROR(state.bind_inputs(inputs, tap != nullptr));
  for (const ValueId id : plan().graph.inputs) {
    if (tap) state.call(tap, id);
  }
  for (size_t i = 0; i < state.steps.size(); ++i) {
    const Status status = state.run_step(i, tap);
    if (!status.ok()) return status.at(describe(plan().graph.node(plan().steps[i].node)));
  }
  std::vector<TensorView> outputs;
  for (const ValueId id : plan().graph.outputs)
    outputs.push_back(state.views[static_cast<size_t>(id)]);
  return outputs;
}

size_t Executor::peak_bytes() const { return state_->arena.size() + state_->peak_heap_bytes; }

}  // namespace octavo
