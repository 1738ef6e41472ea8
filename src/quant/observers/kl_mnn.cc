#include "quant/observers/kl_divergence.h"
#include "quant/observers/observers.h"
#include "quant/observers/threshold_observer.h"

namespace octavo {
namespace {

constexpr double kNothing = 1e-5;     // MNN does not quantize tensors that stay below
constexpr int64_t kSmallPlane = 100;  // height times width

// MNN's feature_quantize_method KL (tools/quantization/TensorStatistic.cpp). Nothing is cut where
// there is little data. (MNN cuts nothing of the network's inputs either, which an observer does
// not know from others.)
class KlMnn : public ThresholdObserver {
 protected:
  double threshold(const Magnitudes& magnitudes) const override {
    const bool small = plane() > 0 && plane() < kSmallPlane;
    if (small || magnitudes.largest <= kNothing) return magnitudes.largest;
    return kl_threshold(magnitudes, kMnnKl);
  }
};

}  // namespace

std::unique_ptr<Observer> make_kl_mnn(const Recipe&) { return std::make_unique<KlMnn>(); }

}  // namespace octavo
