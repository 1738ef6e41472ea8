// MaxPool and GlobalMaxPool on uint8 and int8 values, which keep their scale: the float operators
// hand 8-bit inputs over to this.
#pragma once

#include "runtime/op.h"

namespace octavo {

Result<RunFn> prepare_qlinear_max_pool(const PrepareContext& context);

}  // namespace octavo
