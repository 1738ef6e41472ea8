#include "runtime/ops/recurrent.h"

#include <algorithm>

#include "kernels/reduce/reduce.h"

namespace octavo {

void add_product(const float* m, const float* x, const float* bias, int64_t rows, int64_t columns,
                 float* y) {
  for (int64_t i = 0; i < rows; ++i) {
    y[i] += dot_f32(m + i * columns, x, columns) + (bias ? bias[i] : 0.0f);
  }
}

void activate(UnaryF32 f, float clip, float* y, int64_t n) {
  const float limits[] = {-clip, clip};
  if (clip > 0.0f) clamp_f32(y, y, n, limits);
  f(y, y, n, nullptr);
}

namespace {

enum Input : size_t { kX, kW, kR, kB, kLengths, kInitialH, kInitialC, kPeepholes };

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
};

struct Sizes {
  int64_t steps, batch, input, hidden, directions;
  bool batch_first;

  // Places of a step of x and y, and of a state, in their tensors.
  int64_t x_at(int64_t t, int64_t b) const {
    return (batch_first ? b * steps + t : t * batch + b) * input;
  }
  int64_t y_at(int64_t t, int64_t d, int64_t b) const {
    return (batch_first ? (b * steps + t) * directions + d : (t * directions + d) * batch + b) *
           hidden;
  }
  int64_t state_at(int64_t d, int64_t b) const {
    return (batch_first ? b * directions + d : d * batch + b) * hidden;
  }
};

const float* floats(const RunContext& run, size_t input) {
  return run.has_input(input) ? static_cast<const float*>(run.inputs[input].data) : nullptr;
}
float* output(RunContext& run, size_t i) {
  return i < run.outputs.size() ? static_cast<float*>(run.outputs[i].data) : nullptr;
}

const float* advance(const float* data, int64_t by) { return data ? data + by : nullptr; }

CellWeights weights_of(const RunContext& run, const Recurrent& op, const Sizes& s, int64_t d) {
  const int64_t rows = op.kind.gates * s.hidden;
  CellWeights weights{floats(run, kW) + d * rows * s.input,
                      floats(run, kR) + d * rows * s.hidden,
                      advance(floats(run, kB), d * 2 * rows),
                      advance(floats(run, kB), d * 2 * rows + rows),
                      advance(floats(run, kPeepholes), d * 3 * s.hidden),
                      {}};
  for (size_t i = 0; i < op.kind.activations; ++i) {
    weights.activations[i] = op.activations[static_cast<size_t>(d) * op.kind.activations + i];
  }
  return weights;
}

void load_state(const float* initial, int64_t at, float* state, int64_t n) {
  if (initial) std::copy_n(initial + at, n, state);
  else std::fill_n(state, n, 0.0f);
}

// All steps of one direction of one sequence of the batch.
void run_sequence(RunContext& run, const Recurrent& op, const Sizes& s, int64_t d, int64_t b,
                  int64_t length, const CellState& state) {
  const CellWeights weights = weights_of(run, op, s, d);
  const int64_t rows = op.kind.gates * s.hidden;
  float *y = output(run, 0), *last_h = output(run, 1), *last_c = output(run, 2);
  load_state(floats(run, kInitialH), s.state_at(d, b), state.h, s.hidden);
  load_state(floats(run, kInitialC), s.state_at(d, b), state.c, s.hidden);
  for (int64_t step = 0; step < length; ++step) {
    const int64_t t = op.backwards[static_cast<size_t>(d)] ? length - 1 - step : step;
    std::fill_n(state.gates, rows, 0.0f);
    add_product(weights.w, floats(run, kX) + s.x_at(t, b), weights.w_bias, rows, s.input,
                state.gates);
    op.kind.cell(weights, state);
    if (y) std::copy_n(state.h, s.hidden, y + s.y_at(t, d, b));
  }
  for (int64_t t = length; y && t < s.steps; ++t) std::fill_n(y + s.y_at(t, d, b), s.hidden, 0.0f);
  if (last_h) std::copy_n(state.h, s.hidden, last_h + s.state_at(d, b));
  if (last_c) std::copy_n(state.c, s.hidden, last_c + s.state_at(d, b));
}

Status check_input(const RunContext& run, size_t input, int64_t count) {
  if (!run.has_input(input) || run.inputs[input].count() == count) return {};
  return invalid_data("input " + std::to_string(input) + " has shape " +
                      run.inputs[input].shape.to_string() + ", not " + std::to_string(count) +
                      " elements");
}

Result<Sizes> sizes_of(const RunContext& run, const Recurrent& op) {
  const Shape &x = run.inputs[kX].shape, &r = run.inputs[kR].shape;
  if (x.rank() != 3 || r.rank() != 3) return invalid_data("inputs X and R want three dimensions");
  const Sizes s{x[op.batch_first ? 1 : 0], x[op.batch_first ? 0 : 1], x[2], r[2],
                static_cast<int64_t>(op.backwards.size()), op.batch_first};
  const int64_t rows = s.directions * op.kind.gates * s.hidden;
  const int64_t states = s.directions * s.batch * s.hidden;
  OCTAVO_RETURN_IF_ERROR(check_input(run, kW, rows * s.input));
  OCTAVO_RETURN_IF_ERROR(check_input(run, kR, rows * s.hidden));
  OCTAVO_RETURN_IF_ERROR(check_input(run, kB, 2 * rows));
  OCTAVO_RETURN_IF_ERROR(check_input(run, kLengths, s.batch));
  OCTAVO_RETURN_IF_ERROR(check_input(run, kInitialH, states));
  OCTAVO_RETURN_IF_ERROR(check_input(run, kInitialC, states));
  OCTAVO_RETURN_IF_ERROR(check_input(run, kPeepholes, 3 * s.directions * s.hidden));
  return s;
}

Status run_recurrent(RunContext& run, const Recurrent& op) {
  OCTAVO_ASSIGN_OR_RETURN(const Sizes s, sizes_of(run, op));
  const std::vector<int64_t> lengths = integers_of(run, kLengths);
  const int64_t rows = op.kind.gates * s.hidden;
  std::vector<float> memory(static_cast<size_t>(rows + 3 * s.hidden));
  float* gates = memory.data();
  const CellState state{s.hidden,         op.clip, gates, gates + rows, gates + rows + s.hidden,
                        gates + rows + 2 * s.hidden};
  for (int64_t d = 0; d < s.directions; ++d) {
    for (int64_t b = 0; b < s.batch; ++b) {
      const int64_t length = lengths.empty() ? s.steps : lengths[static_cast<size_t>(b)];
      if (length < 0 || length > s.steps) {
        return invalid_data("a sequence of " + std::to_string(length) + " steps out of " +
                            std::to_string(s.steps));
      }
      run_sequence(run, op, s, d, b, length, state);
    }
  }
  return {};
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

Result<RunFn> prepare_recurrent(const PrepareContext& context, const RecurrentKind& kind) {
  const Attributes& attrs = context.node().attrs;
  const DType dtype = context.input(0).dtype;
  if (dtype != DType::kFloat32) return unsupported_dtype(context, dtype);
  if (attrs.get_int("input_forget", 0) != 0) return unsupported("coupled gates (input_forget)");
  const std::string direction = attrs.get_string("direction", "forward");
  Recurrent op{kind, attrs.get_int("layout", 0) != 0, {direction == "reverse"}, {},
               attrs.get_float("clip", 0.0f)};
  if (direction == "bidirectional") op.backwards = {false, true};
  OCTAVO_ASSIGN_OR_RETURN(op.activations, activations_of(attrs, kind, op.backwards.size()));
  return RunFn([op = std::move(op)](RunContext& run) { return run_recurrent(run, op); });
}

}  // namespace octavo
