// A whole model that was tried.
#pragma once

#include <string>

#include "quant/judge.h"

namespace octavo {

struct Trial {
  std::string name;   // "observer mse", "observer mse, corrected"
  Verdict verdict;    // on samples
  bool kept = false;  // it is the result
};

}  // namespace octavo
