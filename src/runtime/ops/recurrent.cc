#include "runtime/ops/recurrent.h"

#include <algorithm>

#include "kernels/gemm/f32_gemm.h"
#include "runtime/ops/op_memory.h"
#include "runtime/ops/recurrent_sizes.h"

namespace octavo {

void add_recurrence(const CellWeights& weights, int64_t first, int64_t rows, int64_t hidden,
                    const float* x, float* y) {
  if (weights.dynamic) {
    auto* products = reinterpret_cast<float*>(weights.scratch);
    weights.dynamic->run(1, x, nullptr, products, reinterpret_cast<std::byte*>(products + rows));
    for (int64_t i = 0; i < rows; ++i) y[i] += products[i];
  } else {
    weights.matvec->run(weights.r + first * hidden, x, rows, hidden, y);
  }
  for (int64_t i = 0; weights.r_bias && i < rows; ++i) y[i] += weights.r_bias[first + i];
}

void activate(UnaryF32 f, float clip, float* y, int64_t n) {
  const float limits[] = {-clip, clip};
  if (clip > 0.0f) clamp_f32(y, y, n, limits);
  f(y, y, n, limits);
}

namespace {

struct Activation {
  const char* name;
  UnaryF32 function;
};
constexpr Activation kActivations[] = {
    {"Sigmoid", sigmoid_f32}, {"Tanh", tanh_f32}, {"Relu", relu_f32}};

struct Recurrent {
  RecurrentKind kind;
  bool batch_first;             // layout 1
  std::vector<bool> backwards;  // by direction
  std::vector<UnaryF32> activations;
  float clip;
  Isa isa;
  // W with its bias, packed, one direction after the other; null where it is not constant.
  std::shared_ptr<const std::vector<float>> panels;
  std::vector<DynamicProduct> dynamic_w, dynamic_r;  // by direction; empty for float weights
};

const float* floats(const RunContext& run, size_t input) {
  return run.has_input(input) ? static_cast<const float*>(run.inputs[input].data) : nullptr;
}
float* output(RunContext& run, size_t i) {
  return i < run.outputs.size() ? static_cast<float*>(run.outputs[i].data) : nullptr;
}

const float* advance(const float* data, int64_t by) { return data ? data + by : nullptr; }

// The rows of W and their bias for each direction, as panels of the matrix product.
void pack_w(const float* w, const float* bias, int64_t directions, int64_t rows, int64_t input,
            float* panels) {
  const auto columns = static_cast<size_t>(rows), depth = static_cast<size_t>(input);
  for (int64_t d = 0; d < directions; ++d) {
    F32GemmWeights weights;
    weights.b = w + d * rows * input;
    weights.depth = depth;
    weights.columns = columns;
    weights.k_stride = 1;
    weights.n_stride = depth;
    weights.bias = advance(bias, d * 2 * rows);
    pack_f32_gemm(weights, panels + static_cast<size_t>(d) * f32_packed_floats(depth, columns));
  }
}

CellWeights weights_of(const RunContext& run, const Recurrent& op, const RecurrentSizes& s,
                       int64_t d, std::byte* scratch) {
  const int64_t rows = op.kind.gates * s.hidden;
  const bool dynamic = !op.dynamic_r.empty();
  CellWeights weights{dynamic ? nullptr : floats(run, kR) + d * rows * s.hidden,
                      advance(floats(run, kB), d * 2 * rows + rows),
                      advance(floats(run, kPeepholes), d * 3 * s.hidden),
                      {},
                      &f32_matvec_kernel(op.isa),
                      dynamic ? &op.dynamic_r[static_cast<size_t>(d)] : nullptr,
                      scratch};
  for (size_t i = 0; i < op.kind.activations; ++i) {
    weights.activations[i] = op.activations[static_cast<size_t>(d) * op.kind.activations + i];
  }
  return weights;
}

void load_state(const float* initial, int64_t at, float* state, int64_t n) {
  if (initial)
    std::copy_n(initial + at, n, state);
  else
    std::fill_n(state, n, 0.0f);
}

// gates = W x + w_bias for all steps of all sequences, which do not depend on each other; in the
// order of x.
void project_inputs(const RunContext& run, const Recurrent& op, const RecurrentSizes& s, int64_t d,
                    const float* panels, std::byte* scratch, float* gates) {
  const auto rows = static_cast<size_t>(op.kind.gates * s.hidden);
  const auto input = static_cast<size_t>(s.input);
  if (!op.dynamic_w.empty()) {
    const float* bias = advance(floats(run, kB), d * 2 * op.kind.gates * s.hidden);
    return op.dynamic_w[static_cast<size_t>(d)].run(static_cast<size_t>(s.steps * s.batch),
                                                    floats(run, kX), bias, gates, scratch);
  }
  F32Gemm gemm{static_cast<size_t>(s.steps * s.batch),
               rows,
               input,
               floats(run, kX),
               input,
               panels + static_cast<size_t>(d) * f32_packed_floats(input, rows),
               gates,
               rows,
               {}};
  f32_gemm_kernel(op.isa).run(gemm);
}

// All steps of one direction of one sequence of the batch.
void run_sequence(RunContext& run, const Recurrent& op, const RecurrentSizes& s, int64_t d,
                  int64_t b, int64_t length, std::byte* scratch, float* gates, CellState state) {
  const CellWeights weights = weights_of(run, op, s, d, scratch);
  float *y = output(run, 0), *last_h = output(run, 1), *last_c = output(run, 2);
  load_state(floats(run, kInitialH), s.state_at(d, b), state.h, s.hidden);
  load_state(floats(run, kInitialC), s.state_at(d, b), state.c, s.hidden);
  for (int64_t step = 0; step < length; ++step) {
    const int64_t t = op.backwards[static_cast<size_t>(d)] ? length - 1 - step : step;
    state.gates = gates + s.step_at(t, b) * op.kind.gates * s.hidden;
    op.kind.cell(weights, state);
    if (y) std::copy_n(state.h, s.hidden, y + s.y_at(t, d, b));
  }
  for (int64_t t = length; y && t < s.steps; ++t) std::fill_n(y + s.y_at(t, d, b), s.hidden, 0.0f);
  if (last_h) std::copy_n(state.h, s.hidden, last_h + s.state_at(d, b));
  if (last_c) std::copy_n(state.c, s.hidden, last_c + s.state_at(d, b));
}

// Of the larger of the two products, and the sums of a step in front of it.
uint64_t dynamic_scratch(const Recurrent& op, const RecurrentSizes& s) {
  uint64_t bytes = 0;
  for (const DynamicProduct& w : op.dynamic_w) {
    bytes = std::max(bytes, w.scratch_bytes(static_cast<uint64_t>(s.steps * s.batch)));
  }
  for (const DynamicProduct& r : op.dynamic_r) {
    bytes = std::max(bytes, r.rows() * sizeof(float) + r.scratch_bytes(1));
  }
  return bytes;
}

Status run_recurrent(RunContext& run, const Recurrent& op) {
  const bool dynamic = !op.dynamic_w.empty();
  OCTAVO_ASSIGN_OR_RETURN(
      const RecurrentSizes s,
      recurrent_sizes(run, op.kind.gates, static_cast<int64_t>(op.backwards.size()), op.batch_first,
                      dynamic ? 1 : 2));
  OCTAVO_ASSIGN_OR_RETURN(const auto lengths, sequence_lengths(run, s));
  const int64_t rows = op.kind.gates * s.hidden;
  const size_t packed = f32_packed_floats(static_cast<size_t>(s.input), static_cast<size_t>(rows));
  ScratchParts parts;
  const size_t gates_at =
      parts.add(static_cast<uint64_t>(s.steps * s.batch * rows) * sizeof(float));
  const size_t state_at = parts.add(static_cast<uint64_t>(3 * s.hidden) * sizeof(float));
  const size_t panels_at = parts.add(
      op.panels || dynamic ? 0 : static_cast<uint64_t>(s.directions) * packed * sizeof(float));
  const size_t dynamic_at = parts.add(dynamic_scratch(op, s));
  std::byte* scratch = parts.allocate(run);
  if (!scratch) return {ErrorCode::kOutOfMemory, "no memory for the gates of all steps"};
  auto* gates = reinterpret_cast<float*>(scratch + gates_at);
  auto* h = reinterpret_cast<float*>(scratch + state_at);
  auto* made = reinterpret_cast<float*>(scratch + panels_at);
  if (!op.panels && !dynamic)
    pack_w(floats(run, kW), floats(run, kB), s.directions, rows, s.input, made);
  const float* panels = op.panels ? op.panels->data() : made;
  const CellState state{s.hidden, op.clip, nullptr, h, h + s.hidden, h + 2 * s.hidden};
  for (int64_t d = 0; d < s.directions; ++d) {
    project_inputs(run, op, s, d, panels, scratch + dynamic_at, gates);
    for (int64_t b = 0; b < s.batch; ++b) {
      run_sequence(run, op, s, d, b, lengths[static_cast<size_t>(b)], scratch + dynamic_at, gates,
                   state);
    }
  }
  return {};
}

// Packs W ahead where it and the bias are constant; shape inference has checked them against R.
using Panels = std::shared_ptr<const std::vector<float>>;

Result<Panels> pack_ahead(const PrepareContext& context, const RecurrentKind& kind) {
  OCTAVO_ASSIGN_OR_RETURN(const Tensor* w, context.constant(kW));
  OCTAVO_ASSIGN_OR_RETURN(const Tensor* b, context.constant(kB));
  if (!w || !context.is_constant(kR) || (context.has_input(kB) && !b)) return Panels();
  const int64_t directions = w->shape()[0], input = w->shape()[2];
  const int64_t rows = kind.gates * context.input(kR).constant->shape()[2];
  const size_t packed = f32_packed_floats(static_cast<size_t>(input), static_cast<size_t>(rows));
  auto panels = std::make_shared<std::vector<float>>(static_cast<size_t>(directions) * packed);
  pack_w(w->values<float>().data(), b ? b->values<float>().data() : nullptr, directions, rows,
         input, panels->data());
  context.mark_packed(kW);
  return Panels(std::move(panels));
}

Result<std::vector<UnaryF32>> activations_of(const Attributes& attrs, const RecurrentKind& kind,
                                             size_t directions) {
  std::vector<std::string> names;
  if (attrs.has("activations")) {
    const Attribute& attribute = attrs.map().at("activations");
    if (const auto* given = std::get_if<std::vector<std::string>>(&attribute)) names = *given;
  }
  for (size_t d = 0; names.size() < directions * kind.activations && d < directions; ++d) {
    names.insert(names.end(), kind.defaults, kind.defaults + kind.activations);
  }
  if (names.size() != directions * kind.activations) return invalid_data("too few activations");
  std::vector<UnaryF32> functions;
  for (const std::string& name : names) {
    const auto found = std::find_if(std::begin(kActivations), std::end(kActivations),
                                    [&](const Activation& one) { return one.name == name; });
    if (found == std::end(kActivations)) return unsupported("activation '" + name + "'");
    functions.push_back(found->function);
  }
  return functions;
}

}  // namespace

Result<RunFn> prepare_recurrent(const PrepareContext& context, const RecurrentKind& kind,
                                bool dynamic) {
  const Attributes& attrs = context.node().attrs;
  const DType dtype = context.input(0).dtype;
  if (dtype != DType::kFloat32) return unsupported_dtype(context, dtype);
  if (attrs.get_int("input_forget", 0) != 0) return unsupported("coupled gates (input_forget)");
  const std::string direction = attrs.get_string("direction", "forward");
  Recurrent op{kind,
               attrs.get_int("layout", 0) != 0,
               {direction == "reverse"},
               {},
               attrs.get_float("clip", 0.0f),
               context.isa(),
               nullptr,
               {},
               {}};
  if (!dynamic) {
    OCTAVO_ASSIGN_OR_RETURN(op.panels, pack_ahead(context, kind));
  }
  if (direction == "bidirectional") op.backwards = {false, true};
  for (size_t d = 0; dynamic && d < op.backwards.size(); ++d) {
    OCTAVO_ASSIGN_OR_RETURN(auto w, prepare_dynamic_product(context, kW, kWScale, d));
    OCTAVO_ASSIGN_OR_RETURN(auto r, prepare_dynamic_product(context, kR, kRScale, d));
    op.dynamic_w.push_back(std::move(w));
    op.dynamic_r.push_back(std::move(r));
  }
  OCTAVO_ASSIGN_OR_RETURN(op.activations, activations_of(attrs, kind, op.backwards.size()));
  return RunFn([op = std::move(op)](RunContext& run) { return run_recurrent(run, op); });
}

}  // namespace octavo
