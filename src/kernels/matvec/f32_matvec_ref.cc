#include "kernels/matvec/f32_matvec.h"
#include "kernels/reduce/reduce.h"

namespace octavo {
namespace {

void run(const float* m, const float* x, int64_t rows, int64_t columns, float* y) {
  for (int64_t i = 0; i < rows; ++i) y[i] += dot_f32(m + i * columns, x, columns);
}

}  // namespace

extern const F32MatvecKernel f32_matvec_1x8__ref = {"f32_matvec_1x8__ref", Isa::kRef, run};

}  // namespace octavo
