// How near the quantized model has to be to the float one, for layers to be left in float until it
// is (fallback.h).
#pragma once

#include <optional>

namespace octavo {

struct Goal {
  std::optional<double> max_drop;       // most points of top-1 that may be lost
  std::optional<double> min_agreement;  // per cent of samples that get the float model's answer
  double min_int8 = 50;                 // per cent of the multiply-adds that stay integer
  double time_limit = 0;                // seconds of tuning, and as many of searching; 0: no limit

  bool is_set() const { return max_drop || min_agreement; }
  bool operator==(const Goal&) const = default;
};

}  // namespace octavo
