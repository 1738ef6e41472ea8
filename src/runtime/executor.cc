#include "runtime/executor.h"

#include <algorithm>
#include <cassert>

#include "graph/shape_inference.h"
#include "runtime/value_store.h"

namespace octavo {
namespace {

constexpr int64_t kMaxShapeData = 1024;  // elements: larger tensors describe no shape

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

// The views that a step is run with, filled ahead where values lie in the arena or are constant, so
// that a run of a static graph allocates nothing; loose ones are refreshed before the step.
struct StepViews {
  std::vector<TensorView> inputs;
  std::vector<TensorView> outputs;
  std::vector<size_t> loose_inputs;
  std::vector<size_t> loose_outputs;
  std::vector<ValueId> dead;  // loose values to free before the next step
};

void fill(const ValueStore& store, const std::vector<ValueId>& ids, std::vector<TensorView>& views,
          std::vector<size_t>& loose) {
  for (size_t i = 0; i < ids.size(); ++i) {
    views.push_back(ids[i] == kNoValue ? TensorView{} : store.view(ids[i]));
    if (ids[i] != kNoValue && store.is_loose(ids[i])) loose.push_back(i);
  }
}

StepViews views_of(const Plan& plan, const ValueStore& store, size_t index) {
  const Step& step = plan.steps[index];
  StepViews views;
  fill(store, step.inputs, views.inputs, views.loose_inputs);
  fill(store, step.outputs, views.outputs, views.loose_outputs);
  for (const auto& ids : {step.inputs, step.outputs}) {
    for (const ValueId id : ids) {
      if (id == kNoValue || !store.is_loose(id) || plan.graph.is_input(id)) continue;
      if (plan.last_use[static_cast<size_t>(id)] == static_cast<int>(index)) {
        views.dead.push_back(id);
      }
    }
  }
  return views;
}

}  // namespace

struct Executor::State final : RunContext {
  std::shared_ptr<const Plan> plan;
  std::shared_ptr<ThreadPool> pool;
  ValueStore store;
  std::vector<StepViews> steps;
  const Step* step = nullptr;  // the one that runs, and its views
  StepViews* views = nullptr;

  State(std::shared_ptr<const Plan> made, std::shared_ptr<ThreadPool> threads)
      : plan(std::move(made)), pool(std::move(threads)), store(plan) {
    for (size_t i = 0; i < plan->steps.size(); ++i) steps.push_back(views_of(*plan, store, i));
  }

  Status allocate_output(size_t index, DType dtype, Shape shape) override {
    TensorView& output = views->outputs[index];
    if (store.is_loose(step->outputs[index])) {
      OCTAVO_ASSIGN_OR_RETURN(output,
                              store.allocate(step->outputs[index], dtype, std::move(shape)));
      return {};
    }
    if (output.dtype == dtype && output.shape == shape) return {};  // known ahead after all
    return {ErrorCode::kInternal, "output " + std::to_string(index) + " is " +
                                      type_of(dtype, shape) + ", was inferred as " +
                                      type_of(output.dtype, output.shape)};
  }

  std::byte* scratch(size_t bytes) override { return store.scratch(bytes); }
  int threads() const override { return pool ? pool->threads() : 1; }
  void parallel(int parts, const std::function<void(int)>& work) override {
    pool&& parts > 1 ? pool->run(parts, work) : RunContext::parallel(parts, work);
  }

  Status bind_inputs(std::span<const TensorView> given, bool copy) {
    const Graph& graph = plan->graph;
    if (given.size() != graph.inputs.size()) {
      return {ErrorCode::kInvalidArgument, "the model has " + std::to_string(graph.inputs.size()) +
                                               " inputs, was given " +
                                               std::to_string(given.size())};
    }
    for (size_t i = 0; i < given.size(); ++i) {
      const Value& value = graph.value(graph.inputs[i]);
      if (!fits(value, given[i])) {
        return Status(ErrorCode::kInvalidArgument,
                      "wants " + type_of(value.dtype, value.shape) + ", was given " +
                          type_of(given[i].dtype, given[i].shape),
                      "input '" + value.name + "'");
      }
      if (copy) {
        OCTAVO_RETURN_IF_ERROR(store.bind_copy(graph.inputs[i], given[i]));
      } else {
        store.bind(graph.inputs[i], given[i]);
      }
    }
    return {};
  }

  void refresh_loose_inputs() {
    for (const size_t i : views->loose_inputs) {
      const TensorView& from = store.view(step->inputs[i]);
      TensorView& to = views->inputs[i];
      to.dtype = from.dtype;
      to.data = from.data;
      if (to.shape != from.shape) to.shape = from.shape;
    }
  }

  // Shapes of outputs that are not known ahead follow from the inputs of this run; where only the
  // data tells, the op allocates.
  Status allocate_loose_outputs() {
    if (allocates_itself(plan->graph.node(step->node).op)) {
      for (const size_t i : views->loose_outputs) views->outputs[i] = {};
      return {};
    }
    std::vector<ValueInfo> inputs(step->inputs.size()), outputs(step->outputs.size());
    std::vector<Tensor> shape_data(inputs.size());
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (step->inputs[i] == kNoValue) continue;
      const TensorView& view = views->inputs[i];
      const bool is_constant = plan->graph.is_constant(step->inputs[i]) && !step->packed[i];
      const Tensor* constant =
          is_constant ? &plan->constants[static_cast<size_t>(step->inputs[i])] : nullptr;
      if (!constant && may_be_shape(view)) constant = &(shape_data[i] = copy_tensor(view));
      inputs[i] = {view.dtype, view.shape, constant};
    }
    for (const size_t i : views->loose_outputs) {  // a lowered op's output keeps its dtype
      outputs[i].dtype = plan->graph.value(step->outputs[i]).dtype;
    }
    OCTAVO_RETURN_IF_ERROR(infer_node(plan->graph.node(step->node), inputs, outputs));
    for (const size_t i : views->loose_outputs) {
      if (!outputs[i].shape || !outputs[i].shape->is_static()) {
        return {ErrorCode::kModelUnsupported,
                "the shape of output " + std::to_string(i) + " cannot be told from the inputs"};
      }
      OCTAVO_RETURN_IF_ERROR(allocate_output(i, outputs[i].dtype, *outputs[i].shape));
    }
    return {};
  }

  Status run_step(size_t index, const Tap& tap) {
    const Status status = try_step(index, tap);
    return status.ok() ? status : status.at(describe(plan->graph.node(plan->steps[index].node)));
  }

  Status try_step(size_t index, const Tap& tap) {
    if (views != &steps[index]) free_dead();
    step = &plan->steps[index];
    views = &steps[index];
    refresh_loose_inputs();
    if (!views->loose_outputs.empty()) OCTAVO_RETURN_IF_ERROR(allocate_loose_outputs());
    RunContext::inputs = views->inputs;
    RunContext::outputs = views->outputs;
    OCTAVO_RETURN_IF_ERROR(step->run(*this));
    for (const ValueId id : step->outputs) call(tap, id);
    return {};
  }

  // Not before the step after it: until then the last one may be looked at, or run again.
  void free_dead() {
    if (!views) return;
    for (const ValueId id : views->dead) store.release(id);
  }

  Status begin(std::span<const TensorView> given, bool copy, const Tap& tap) {
    if (!store.ok()) return out_of_memory(plan->arena_bytes);
    OCTAVO_RETURN_IF_ERROR(bind_inputs(given, copy));
    for (const ValueId id : plan->graph.inputs) call(tap, id);
    return {};
  }

  Status resume(const Checkpoint& checkpoint) {
    if (!store.ok()) return out_of_memory(plan->arena_bytes);
    free_dead();
    views = nullptr;
    for (const auto& [id, tensor] : checkpoint.values) {
      void* const data = const_cast<void*>(tensor.data());  // is read alone
      OCTAVO_RETURN_IF_ERROR(store.put(id, {tensor.dtype(), tensor.shape(), data}));
    }
    return {};
  }

  void take(std::shared_ptr<const Plan> other) {
    plan = std::move(other);
    store.take(plan);
    views = nullptr;
    steps.clear();
    for (size_t i = 0; i < plan->steps.size(); ++i) steps.push_back(views_of(*plan, store, i));
  }

  Result<std::vector<TensorView>> run(std::span<const TensorView> given, const Tap& tap,
                                      bool copy) {
    if (pool) pool->wake();
    OCTAVO_RETURN_IF_ERROR(begin(given, copy, tap));
    for (size_t i = 0; i < steps.size(); ++i) OCTAVO_RETURN_IF_ERROR(run_step(i, tap));
    free_dead();
    return outputs_now();
  }

  std::vector<TensorView> outputs_now() const {
    std::vector<TensorView> outputs;
    for (const ValueId id : plan->graph.outputs) outputs.push_back(store.view(id));
    return outputs;
  }

  void call(const Tap& tap, ValueId id) const {
    if (!tap || id == kNoValue || !store.view(id).data) return;
    tap(id, plan->graph.value(id), store.view(id));
  }
};

Executor::Executor(std::shared_ptr<const Plan> plan, std::shared_ptr<ThreadPool> pool)
    : state_(std::make_unique<State>(std::move(plan), std::move(pool))) {}
Executor::~Executor() = default;
Executor::Executor(Executor&&) noexcept = default;

const Plan& Executor::plan() const { return *state_->plan; }

Result<std::vector<TensorView>> Executor::run(std::span<const TensorView> inputs, const Tap& tap) {
  return state_->run(inputs, tap, tap != nullptr);
}

Result<std::vector<TensorView>> Executor::observe(std::span<const TensorView> inputs,
                                                  const Tap& look) {
  return state_->run(inputs, look, false);
}

Status Executor::begin(std::span<const TensorView> inputs, const Tap& tap) {
  return state_->begin(inputs, true, tap);
}

Status Executor::run_step(size_t index, const Tap& tap) { return state_->run_step(index, tap); }

std::vector<TensorView> Executor::outputs() const { return state_->outputs_now(); }

Checkpoint Executor::checkpoint(size_t step) const {
  Checkpoint checkpoint{step, {}};
  for (const ValueId id : live_before(plan(), step)) {
    if (view(id).data) checkpoint.values.emplace_back(id, copy_tensor(view(id)));
  }
  return checkpoint;
}

Status Executor::resume(const Checkpoint& checkpoint) { return state_->resume(checkpoint); }

const TensorView& Executor::view(ValueId id) const { return state_->store.view(id); }

void Executor::take(std::shared_ptr<const Plan> plan) {
  assert(plan->offsets == state_->plan->offsets);
  state_->take(std::move(plan));
}

size_t Executor::peak_bytes() const { return state_->store.peak_bytes(); }

}  // namespace octavo
