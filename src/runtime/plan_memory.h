// Lifetimes of a plan's values, and their places in the arena.
#pragma once

#include "runtime/plan.h"

namespace octavo {

// From the graph and the steps: last_use, offsets and arena_bytes. A step that only gives a value
// another shape gets nothing to do where the value is dead afterwards.
Status lay_out_values(Plan& plan);

}  // namespace octavo
