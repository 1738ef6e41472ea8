#include "quant/observers/kl_divergence.h"
#include "quant/observers/observers.h"
#include "quant/observers/threshold_observer.h"

namespace octavo {
namespace {

// ncnn2table's method=kl (tools/quantize/ncnn2table.cpp), but where all magnitudes are alike.
class KlNcnn : public ThresholdObserver {
 protected:
  double threshold(const Magnitudes& magnitudes) const override {
    return kl_threshold(magnitudes, kNcnnKl);
  }
};

}  // namespace

std::unique_ptr<Observer> make_kl_ncnn(const Recipe&) { return std::make_unique<KlNcnn>(); }

}  // namespace octavo
