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
      {"extremes_percentile", "MACE's: the same of each sample's smallest and largest value",
       make_extremes_percentile},
      {"kl_ncnn", "ncnn's KL: the threshold under which the distribution changes least",
       make_kl_ncnn},
      {"kl_mnn", "MNN's KL", make_kl_mnn},
      {"kl_onnxruntime", "ONNX Runtime's entropy: KL over 128 bins that grow", make_kl_onnxruntime},
      {"aciq", "ncnn's ACIQ: a normal distribution clipped where its error is least", make_aciq},
      {"admm", "MNN's ADMM: scale and integers fitted to each other in turn", make_admm},
      {"cosine", "ncnn's EQ: the largest cosine between values and what is left of them",
       make_cosine},
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
