// What LSTM and GRU share: directions, layouts, sequence lengths, states. A cell does one step.
// DynamicQuantizeLSTM is the LSTM with products of 8 bits.
#pragma once

#include "kernels/elementwise/unary.h"
#include "kernels/matvec/f32_matvec.h"
#include "runtime/ops/recurrent_dynamic.h"
#include "runtime/ops/support.h"

namespace octavo {

// Of one direction; gates are stacked as ONNX has them, each `hidden` rows.
struct CellWeights {
  const float* r;          // (gates * hidden, hidden)
  const float* r_bias;     // (gates * hidden), null for none
  const float* peepholes;  // (3 * hidden), null for none
  UnaryF32 activations[3];
  const F32MatvecKernel* matvec;
  const DynamicProduct* dynamic;  // R of 8 bits instead of `r`; null for none
  std::byte* scratch;             // of `dynamic`, behind (gates * hidden) floats
};

struct CellState {
  int64_t hidden;
  float clip;    // gates are cut to -clip..clip before activations; 0 for no cut
  float* gates;  // (gates * hidden): W x + w_bias on entry; free to use
  float* h;      // (hidden): of the step before on entry, of this step on exit
  float* c;      // the same; LSTM only
  float* work;   // (hidden)
};

using Cell = void (*)(const CellWeights& weights, const CellState& state);

struct RecurrentKind {
  int64_t gates;
  size_t activations;  // functions a direction
  const char* defaults[3];
  Cell cell;
};

Result<RunFn> prepare_recurrent(const PrepareContext& context, const RecurrentKind& kind,
                                bool dynamic = false);

// y += r[first row, ...] x + r_bias[first row, ...], over `rows` rows: all of them of a dynamic r.
void add_recurrence(const CellWeights& weights, int64_t first, int64_t rows, int64_t hidden,
                    const float* x, float* y);

// y = f(y cut to -clip..clip)
void activate(UnaryF32 f, float clip, float* y, int64_t n);

}  // namespace octavo
