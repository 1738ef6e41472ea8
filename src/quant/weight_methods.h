// How the scale of weights is found, from the weights alone.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "quant/recipe.h"

namespace octavo {

struct WeightMethod {
  const char* name;
  const char* description;  // one line, for people
  // The magnitude that the integer `qmax` stands for, of finite weights that share a scale; 0 for
  // nothing but zeros. What is larger is cut.
  float (*magnitude)(std::span<const float> weights, int32_t qmax, const Recipe& recipe);
};

std::span<const WeightMethod> weight_methods();
const WeightMethod* find_weight_method(const std::string& name);  // null where there is none

}  // namespace octavo
