#include "quant/observers/histogram_observer.h"
#include "quant/observers/observers.h"

namespace octavo {
namespace {

// Keeps what the observers that may be chosen need (Statistics::choices). Until one is, the range
// is the widest.
class Auto : public HistogramObserver {
 protected:
  Range choose() const override { return extremes(); }
};

}  // namespace

std::unique_ptr<Observer> make_auto(const Recipe&) { return std::make_unique<Auto>(); }

}  // namespace octavo
