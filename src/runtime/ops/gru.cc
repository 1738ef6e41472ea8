#include <algorithm>

#include "runtime/ops/recurrent.h"

namespace octavo {
namespace {

//   z, r = sigmoid(gates)
//   n = tanh(W x + R (r * h))        or, linear before reset: tanh(W x + r * (R h))
//   h' = (1 - z) * n + z * h
template <bool kLinearBeforeReset>
void gru_cell(const CellWeights& weights, const CellState& s) {
  const int64_t n = s.hidden;
  float *update = s.gates, *reset = update + n, *hidden = reset + n;
  const auto [f, g, unused] = weights.activations;
  add_recurrence(weights, 0, 2 * n, n, s.h, s.gates);
  activate(f, s.clip, s.gates, 2 * n);
  if (kLinearBeforeReset) {
    std::fill_n(s.work, n, 0.0f);
    add_recurrence(weights, 2 * n, n, n, s.h, s.work);
    for (int64_t i = 0; i < n; ++i) hidden[i] += reset[i] * s.work[i];
  } else {
    for (int64_t i = 0; i < n; ++i) s.work[i] = reset[i] * s.h[i];
    add_recurrence(weights, 2 * n, n, n, s.work, hidden);
  }
  activate(g, s.clip, hidden, n);
  for (int64_t i = 0; i < n; ++i) {
    s.h[i] = (1.0f - update[i]) * hidden[i] + update[i] * s.h[i];
  }
}

constexpr RecurrentKind kGru{3, 2, {"Sigmoid", "Tanh"}, gru_cell<false>};
constexpr RecurrentKind kGruLinear{3, 2, {"Sigmoid", "Tanh"}, gru_cell<true>};

}  // namespace

Result<RunFn> prepare_gru(const PrepareContext& context) {
  const bool linear = context.node().attrs.get_int("linear_before_reset", 0) != 0;
  return prepare_recurrent(context, linear ? kGruLinear : kGru);
}

}  // namespace octavo
