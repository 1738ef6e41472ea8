// Faults of a quantized model that can be seen without running it, for the engines that will run
// it.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"

namespace octavo {

enum class Severity { kError, kWarning, kNote };
const char* name_of(
    Severity severity);  // "error": wrong results; "warning": lost accuracy or speed

struct Finding {
  std::string code;  // "bias_overflow": the rules are files of quant/lint/
  Severity severity;
  std::string node;     // empty where it is of the whole model
  std::string message;  // what is wrong, where
  std::string remedy;   // what to do
};

struct LintOptions {
  bool opset = true;  // off for a model that no file has yet: its writer chooses the opset
};

// By rule, then in running order. Integer weights are read one at a time; kIo and the like where
// they cannot be. kInvalidArgument for a model that is not quantized.
Result<std::vector<Finding>> lint(const Model& model, const LintOptions& options = {});

}  // namespace octavo
