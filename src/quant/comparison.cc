#include "quant/comparison.h"

namespace octavo {

SampleSource spread(const SampleSource& source, int64_t wanted) {
  const auto place = [count = source.count, wanted](int64_t i) { return i * count / wanted; };
  return {source.count == 0 ? 0 : wanted, [=](int64_t i) { return source.name(place(i)); },
          [=](int64_t i, int thread) { return source.load(place(i), thread); }};
}

}  // namespace octavo
