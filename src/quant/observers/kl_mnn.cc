#include "quant/observers/kl_divergence.h"
#include "quant/observers/observers.h"
#include "quant/observers/threshold_observer.h"

namespace octavo {
namespace {

constexpr double kNothing = 1e-5;  // MNN does not quantize tensors that stay below

// MNN's feature_quantize_method KL (tools/quantization/TensorStatistic.cpp). MNN takes the largest
// value where width times height is below 100; observers do not see shapes.
class KlMnn : public ThresholdObserver {
 protected:
  double threshold(const Magnitudes& magnitudes) const override {
    if (magnitudes.largest <= kNothing) return magnitudes.largest;
    return kl_threshold(magnitudes, kMnnKl);
  }
};

}  // namespace

std::unique_ptr<Observer> make_kl_mnn(const Recipe&) { return std::make_unique<KlMnn>(); }

}  // namespace octavo
