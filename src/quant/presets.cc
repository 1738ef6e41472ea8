#include "quant/presets.h"

namespace octavo {

// Those of PyTorch are get_default_qconfig of torch/ao/quantization/qconfig.py: HistogramObserver,
// which looks for the range of least squared error, quint8 affine activations, qint8 symmetric
// weights. Its weights span -128..127, ours -127..127.
std::span<const Preset> presets() {
  static constexpr Preset kPresets[] = {
      {"best", "what is nearest to the float model on the samples, found by trying",
       R"({"observer": "auto", "corrections": ["smooth", "equalize", "analytic_bias", "reconstruct"]})"},
      {"fast", "the widest ranges, nothing corrected",
       R"({"observer": "min_max", "corrections": []})"},
      {"safe", "the best with weights of 7 bits, for processors whose sums saturate",
       R"({"observer": "auto", "corrections": ["smooth", "equalize", "analytic_bias", "reconstruct"],
           "weight_bits": 7})"},
      {"qnnpack", "PyTorch's for ARM: weights per tensor",
       R"({"observer": "mse", "activations": "uint8", "symmetric": false, "activation_bits": 8,
           "weights": "per-tensor"})"},
      {"fbgemm", "PyTorch's for x86: weights per channel, activations of 7 bits (reduce_range)",
       R"({"observer": "mse", "activations": "uint8", "symmetric": false, "activation_bits": 7,
           "weights": "per-channel"})"},
  };
  return kPresets;
}

}  // namespace octavo
