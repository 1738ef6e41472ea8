#include "quant/observers/observers.h"

namespace octavo {

std::span<const ObserverInfo> observers() {
  static constexpr ObserverInfo kObservers[] = {
      {kAuto, "whichever of several brings the outputs nearest to the float model's", make_auto},
      {"min_max", "the smallest and the largest value ever seen", make_min_max},
      {"moving_average", "a running average of each sample's smallest and largest value",
       make_moving_average},
      {"mse", "the range whose squared error, of rounding and of cutting, is least", make_mse},
      {"percentile", "the ends between which a given share of all values lies", make_percentile},
  };
  return kObservers;
}

const ObserverInfo* find_observer(const std::string& name) {
  for (const ObserverInfo& info : observers()) {
    if (name == info.name) return &info;
  }
  return nullptr;
}

}  // namespace octavo
