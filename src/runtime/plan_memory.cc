#include "runtime/plan_memory.h"

#include <algorithm>
#include <array>
#include <limits>

#include "runtime/memory.h"

namespace octavo {
namespace {

// Operators that only give their first input another shape.
constexpr std::array kViews = {Op::kDropout, Op::kFlatten, Op::kIdentity,
                               Op::kReshape, Op::kSqueeze, Op::kUnsqueeze};

bool is_view(Op op) { return std::find(kViews.begin(), kViews.end(), op) != kViews.end(); }

void find_last_uses(Plan& plan) {
  plan.last_use.assign(plan.graph.value_count(), -1);
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    for (const auto& ids : {plan.steps[i].inputs, plan.steps[i].outputs}) {
      for (const ValueId id : ids) {
        if (id != kNoValue) plan.last_use[static_cast<size_t>(id)] = static_cast<int>(i);
      }
    }
  }
  for (const ValueId id : plan.graph.outputs) {
    plan.last_use[static_cast<size_t>(id)] = static_cast<int>(plan.steps.size());
  }
}

// Values in the arena: made by a node, with a size that is known now. A view of a value that is
// dead after it takes over its place, and its step does nothing.
class ArenaBuilder {
 public:
  explicit ArenaBuilder(Plan& plan) : plan_(plan), slot_of_(plan.graph.value_count(), -1) {}

  Status build() {
    for (size_t i = 0; i < plan_.steps.size(); ++i) {
      if (take_over(static_cast<int>(i))) continue;
      for (const ValueId id : plan_.steps[i].outputs) add(id, static_cast<int>(i));
    }
    const ArenaLayout layout = lay_out(lifetimes_);
    if (layout.bytes > std::numeric_limits<size_t>::max()) {
      return {ErrorCode::kOutOfMemory, "running the model needs " +
                                           std::to_string(layout.bytes >> 20) +
                                           " MB of memory; use smaller inputs"};
    }
    plan_.arena_bytes = static_cast<size_t>(layout.bytes);
    plan_.offsets.assign(slot_of_.size(), -1);
    for (size_t v = 0; v < slot_of_.size(); ++v) {
      if (slot_of_[v] >= 0) {
        plan_.offsets[v] = static_cast<int64_t>(layout.offsets[static_cast<size_t>(slot_of_[v])]);
      }
    }
    return {};
  }

 private:
  std::optional<uint64_t> bytes_of(ValueId id) const {
    const Value& value = plan_.graph.value(id);
    if (!value.shape || size_of(value.dtype) == 0) return std::nullopt;
    const std::optional<int64_t> count = value.shape->element_count();
    if (!count) return std::nullopt;
    return static_cast<uint64_t>(*count) * size_of(value.dtype);
  }

  void add(ValueId id, int step) {
    if (id == kNoValue) return;
    const std::optional<uint64_t> bytes = bytes_of(id);
    if (!bytes) return;
    slot_of_[static_cast<size_t>(id)] = static_cast<int>(lifetimes_.size());
    lifetimes_.push_back({step, plan_.last_use[static_cast<size_t>(id)], *bytes});
  }

  bool take_over(int index) {
    Step& step = plan_.steps[static_cast<size_t>(index)];
    if (!is_view(plan_.graph.node(step.node).op)) return false;
    const ValueId from = step.inputs[0], to = step.outputs[0];
    if (from == kNoValue || to == kNoValue || slot_of_[static_cast<size_t>(from)] < 0) return false;
    const bool others = std::any_of(step.outputs.begin() + 1, step.outputs.end(),
                                    [](ValueId id) { return id != kNoValue; });
    if (others || plan_.last_use[static_cast<size_t>(from)] != index) return false;
    if (bytes_of(to) != bytes_of(from)) return false;
    const int slot = slot_of_[static_cast<size_t>(from)];
    slot_of_[static_cast<size_t>(to)] = slot;
    lifetimes_[static_cast<size_t>(slot)].last = plan_.last_use[static_cast<size_t>(to)];
    step.run = [](RunContext&) { return ok_status(); };
    return true;
  }

  Plan& plan_;
  std::vector<int> slot_of_;  // by value: index into lifetimes_, or -1
  std::vector<Lifetime> lifetimes_;
};

}  // namespace

Status lay_out_values(Plan& plan) {
  find_last_uses(plan);
  return ArenaBuilder(plan).build();
}

}  // namespace octavo
