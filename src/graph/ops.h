// What is known of each operator without running it: the columns of ops.def.
#pragma once

#include "graph/graph.h"

namespace octavo {

enum class Role { kCompute, kBinary, kShare, kConcat, kClamp, kPool, kUnary, kOther };

struct OpInfo {
  const char* name;
  int min_inputs;
  int max_inputs;  // -1: any number
  Role role;
  bool lowered;
};

const OpInfo& info_of(Op op);

// Operators that a float model has none of.
bool is_of_quantized_models(Op op);

}  // namespace octavo
