#include <algorithm>

#include "quant/comparison.h"
#include "quant/layer_probe.h"

namespace octavo {
namespace {

LayerError error_of(const LayerPair& layer, const std::vector<std::vector<LayerMoments>>& by_sample,
                    size_t index) {
  LayerMoments sum;
  for (const std::vector<LayerMoments>& sample : by_sample) {
    if (sample.empty()) continue;  // it was skipped
    sum.own.add(sample[index].own);
    sum.accumulated.add(sample[index].accumulated);
  }
  return {layer.name, layer.op, sum.own.sqnr_db(), sum.accumulated.sqnr_db(),
          sum.accumulated.cosine()};
}

}  // namespace

Status compare_layers(const Comparison& comparison, CompareReport& report) {
  const auto& exact = comparison.float_model.plan;
  const auto& rough = comparison.quantized.plan;
  const std::vector<LayerPair> layers = pair_layers(*exact, *rough);
  const int64_t wanted =
      std::min<int64_t>(comparison.options.layer_samples, comparison.source.count);
  if (wanted <= 0 || layers.empty()) return {};

  const SampleSource samples = spread(comparison.source, wanted);
  std::vector<std::vector<LayerMoments>> by_sample(static_cast<size_t>(wanted));
  const auto work = [&](SampleSpan span, int, int thread, SharedProgress& progress) {
    LayerProbe probe(exact, rough, layers);
    std::vector<SkippedSample> known;  // compare_outputs has reported them
    const auto use = [&](int64_t index, std::span<const Tensor> inputs) -> Status {
      OCTAVO_ASSIGN_OR_RETURN(by_sample[static_cast<size_t>(index)], probe.run(views_of(inputs)));
      return {};
    };
    return for_each_sample(samples, span, thread, progress, known, use);
  };
  OCTAVO_RETURN_IF_ERROR(
      over_shards(wanted, comparison.options.threads, "layers", comparison.progress, work));
  for (size_t i = 0; i < layers.size(); ++i) {
    report.layers.push_back(error_of(layers[i], by_sample, i));
  }
  return {};
}

}  // namespace octavo
