#include <algorithm>

#include "runtime/ops/recurrent.h"

namespace octavo {
namespace {

// y += p * c
void peep(const float* p, const float* c, float* y, int64_t n) {
  for (int64_t i = 0; p && i < n; ++i) y[i] += p[i] * c[i];
}

//   i, o, f = sigmoid(gates + peepholes * c)      the output gate o sees the new c
//   c' = f * c + i * tanh(gate of the cell)       h' = o * tanh(c')
void lstm_cell(const CellWeights& weights, const CellState& s) {
  const int64_t n = s.hidden;
  float *input = s.gates, *output = input + n, *forget = output + n, *cell = forget + n;
  const auto [f, g, h] = weights.activations;
  const float* p = weights.peepholes;
  add_recurrence(weights, 0, 4 * n, n, s.h, s.gates);
  peep(p, s.c, input, n);
  peep(p ? p + 2 * n : nullptr, s.c, forget, n);
  activate(f, s.clip, input, n);
  activate(f, s.clip, forget, n);
  activate(g, s.clip, cell, n);
  for (int64_t i = 0; i < n; ++i) s.c[i] = forget[i] * s.c[i] + input[i] * cell[i];
  peep(p ? p + n : nullptr, s.c, output, n);
  activate(f, s.clip, output, n);
  std::copy_n(s.c, n, s.work);
  activate(h, 0.0f, s.work, n);
  for (int64_t i = 0; i < n; ++i) s.h[i] = output[i] * s.work[i];
}

constexpr RecurrentKind kLstm{4, 3, {"Sigmoid", "Tanh", "Tanh"}, lstm_cell};

}  // namespace

Result<RunFn> prepare_lstm(const PrepareContext& context) {
  return prepare_recurrent(context, kLstm);
}

Result<RunFn> prepare_dynamic_quantize_lstm(const PrepareContext& context) {
  return prepare_recurrent(context, kLstm, true);
}

}  // namespace octavo
