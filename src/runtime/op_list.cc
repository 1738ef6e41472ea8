#include "runtime/op.h"

namespace octavo {

#define OCTAVO_RUN(op, prepare) Result<RunFn> prepare(const PrepareContext& context);
#include "runtime/ops/ops.inc"
#undef OCTAVO_RUN

PrepareFn find_op(Op op) {
  switch (op) {
#define OCTAVO_RUN(op, prepare) \
  case Op::k##op:               \
    return prepare;
#include "runtime/ops/ops.inc"
#undef OCTAVO_RUN
    default:
      return nullptr;
  }
}

}  // namespace octavo
