#include "quant/presets.h"

namespace octavo {

// Those of PyTorch are get_default_qconfig of torch/ao/quantization/qconfig.py: HistogramObserver,
// which looks for the range of least squared error, quint8 affine activations, qint8 symmetric
// weights. Its weights span -128..127, ours -127..127.
std::span<const Preset> presets() {
  static constexpr Preset kPresets[] = {
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
