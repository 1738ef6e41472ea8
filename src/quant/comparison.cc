#include "quant/comparison.h"

#include <algorithm>
#include <cmath>

#include "quant/advice.h"
#include "quant/timing.h"
#include "quant/weight_report.h"

namespace octavo {
namespace {

// How often the wanted class came first, and came among the first five.
struct Hits {
  int64_t first = 0;
  int64_t among_five = 0;

  void count(const std::vector<int64_t>& top, int64_t wanted) {
    const auto found = std::find(top.begin(), top.end(), wanted);
    first += found == top.begin() ? 1 : 0;
    among_five += found != top.end() ? 1 : 0;
  }
};

double share(int64_t part, int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

void set_accuracy(const Hits& hits, int64_t labelled, ModelScore& score) {
  if (labelled == 0) return;
  score.top1 = share(hits.first, labelled);
  score.top5 = share(hits.among_five, labelled);
}

LayerError layer_error(const Comparison& comparison, size_t layer) {
  LayerMoments sum;
  for (const auto& [index, moments] : comparison.measured) {
    sum.own.add(moments[layer].own);
    sum.accumulated.add(moments[layer].accumulated);
  }
  const LayerName& named = comparison.layers[layer];
  LayerError error{named.name, named.op, sum.own.sqnr_db(), sum.accumulated.sqnr_db(),
                   sum.accumulated.cosine()};
  if (named.params && layer < comparison.values.size() && comparison.values[layer].usable()) {
    error.activations = comparison.values[layer].report(*named.params);
  }
  return error;
}

Flip flip_of(const Answer& answer) {
  const int64_t background = background_classes(answer.classes);
  Flip flip{answer.name,
            {},
            {answer.float_top[0] - background, answer.float_confidence},
            {answer.quantized_top[0] - background, answer.quantized_confidence}};
  if (answer.label >= 0) flip.label = answer.label - background;
  return flip;
}

void put(const std::optional<QuantParams>& params, ByteWriter& out) {
  out.put(static_cast<uint8_t>(params ? params->dtype : DType::kUnknown));
  if (!params) return;
  out.put(params->scale[0]);
  for (const int32_t x : {params->zero_point[0], params->qmin, params->qmax}) out.put(x);
}

std::optional<QuantParams> take_params(ByteReader& in) {
  const auto dtype = static_cast<DType>(in.take<uint8_t>());
  if (dtype == DType::kUnknown) return {};
  QuantParams params{{in.take<float>()}, {in.take<int32_t>()}};
  params.dtype = dtype;
  params.qmin = in.take<int32_t>();
  params.qmax = in.take<int32_t>();
  const int64_t steps = int64_t{params.qmax} - params.qmin;
  const bool sensible = params.scale[0] > 0 && std::isfinite(params.scale[0]) && steps >= 0 &&
                        steps < (1 << 16) && params.zero_point[0] >= -(1 << 16) &&
                        params.zero_point[0] < (1 << 16) && params.qmin >= -(1 << 16) &&
                        params.qmax < (1 << 16);
  if (dtype > DType::kInt16 || !sensible) in.fail();
  return params;
}

void put(const ErrorMoments& moments, ByteWriter& out) {
  for (const double x : {moments.signal, moments.energy, moments.product, moments.noise}) {
    out.put(x);
  }
}

ErrorMoments take_moments(ByteReader& in) {
  ErrorMoments moments;
  for (double* x : {&moments.signal, &moments.energy, &moments.product, &moments.noise}) {
    *x = in.take<double>();
  }
  return moments;
}

void put(const std::vector<int64_t>& top, ByteWriter& out) {
  out.put_varint(top.size());
  for (const int64_t index : top) out.put(index);
}

std::vector<int64_t> take_top(ByteReader& in) {
  std::vector<int64_t> top(in.take_count(sizeof(int64_t)));
  for (int64_t& index : top) index = in.take<int64_t>();
  return top;
}

void put(const Answer& answer, ByteWriter& out) {
  out.put(answer.classes);
  out.put(answer.label);
  put(answer.float_top, out);
  put(answer.quantized_top, out);
  put(answer.output, out);
  out.put_text(answer.name);
  for (const double x : {answer.kl, answer.float_confidence, answer.quantized_confidence}) {
    out.put(x);
  }
}

Answer take_answer(ByteReader& in) {
  Answer answer{in.take<int64_t>(), in.take<int64_t>(), take_top(in),
                take_top(in),       take_moments(in),   in.take_text(),
                in.take<double>(),  in.take<double>(),  in.take<double>()};
  if (answer.classes != 0 && (answer.float_top.empty() || answer.quantized_top.empty())) in.fail();
  return answer;
}

int64_t take_index(ByteReader& in, int64_t samples) {
  const uint64_t index = in.take_varint();
  if (index >= static_cast<uint64_t>(samples)) in.fail();
  return in.ok() ? static_cast<int64_t>(index) : 0;
}

}  // namespace

void merge(Comparison& into, Comparison&& other) {
  if (into.layers.empty()) into.layers = std::move(other.layers);
  into.answers.merge(other.answers);
  into.measured.merge(other.measured);
  if (into.values.empty()) into.values.resize(other.values.size());
  for (size_t i = 0; i < other.values.size(); ++i) into.values[i].merge(other.values[i]);
  into.float_ms.insert(into.float_ms.end(), other.float_ms.begin(), other.float_ms.end());
  into.quantized_ms.insert(into.quantized_ms.end(), other.quantized_ms.begin(),
                           other.quantized_ms.end());
}

Result<CompareReport> report_of(const Comparison& comparison, const ComparedModel& float_model,
                                const ComparedModel& quantized,
                                std::vector<SkippedSample> skipped) {
  CompareReport report;
  ErrorMoments output;
  double kl = 0;
  int64_t judged = 0, agreed = 0, labelled = 0;
  Hits float_hits, quantized_hits;
  for (const auto& [index, answer] : comparison.answers) {
    output.add(answer.output);
    if (answer.classes == 0) continue;
    ++judged;
    const bool same = answer.float_top[0] == answer.quantized_top[0];
    agreed += same ? 1 : 0;
    if (!same) report.flips.push_back(flip_of(answer));
    kl += answer.kl;
    if (answer.label < 0) continue;
    ++labelled;
    float_hits.count(answer.float_top, answer.label);
    quantized_hits.count(answer.quantized_top, answer.label);
  }
  report.images = std::ssize(comparison.answers);
  report.output = {output.sqnr_db(), output.cosine(), {}};
  if (judged > 0) {
    report.agreement = share(agreed, judged);
    report.output.kl = kl / static_cast<double>(judged);
  }
  set_accuracy(float_hits, labelled, report.float_model);
  set_accuracy(quantized_hits, labelled, report.quantized);
  report.float_model.ms = median_after_first(comparison.float_ms);
  report.quantized.ms = median_after_first(comparison.quantized_ms);
  for (size_t i = 0; !comparison.measured.empty() && i < comparison.layers.size(); ++i) {
    report.layers.push_back(layer_error(comparison, i));
  }
  report.float_model.bytes = float_model.bytes;
  report.quantized.bytes = quantized.bytes;
  report.skipped = std::move(skipped);
  report.warnings = quantized.warnings;
  if (float_model.graph && quantized.graph) {
    Graph exact = *float_model.graph;
    smooth(exact, quantized.factors.features);
    scale_products(exact, quantized.factors.channels);
    OCTAVO_RETURN_IF_ERROR(describe_weights(exact, *quantized.graph, report.layers));
  }
  advise(report.layers);
  return report;
}

void write(const Comparison& comparison, ByteWriter& out) {
  out.put_varint(comparison.layers.size());
  for (const LayerName& layer : comparison.layers) {
    out.put_text(layer.name);
    out.put_text(layer.op);
    put(layer.params, out);
  }
  out.put_varint(comparison.answers.size());
  for (const auto& [index, answer] : comparison.answers) {
    out.put_varint(static_cast<uint64_t>(index));
    put(answer, out);
  }
  out.put_varint(comparison.measured.size());
  for (const auto& [index, layers] : comparison.measured) {
    out.put_varint(static_cast<uint64_t>(index));
    for (const LayerMoments& moments : layers) {
      put(moments.own, out);
      put(moments.accumulated, out);
    }
  }
  out.put(static_cast<uint8_t>(!comparison.values.empty()));
  for (const TensorStatistics& values : comparison.values) values.write(out);
}

Comparison read_comparison(ByteReader& in, int64_t samples) {
  Comparison comparison;
  comparison.layers.resize(in.take_count(3));
  for (LayerName& layer : comparison.layers) {
    layer.name = in.take_text();
    layer.op = in.take_text();
    layer.params = take_params(in);
  }
  for (size_t left = in.take_count(sizeof(Answer::classes)); left > 0 && in.ok(); --left) {
    const int64_t index = take_index(in, samples);
    comparison.answers[index] = take_answer(in);
  }
  for (size_t left = in.take_count(1); left > 0 && in.ok(); --left) {
    auto& layers = comparison.measured[take_index(in, samples)];
    layers.resize(comparison.layers.size());
    for (LayerMoments& moments : layers) {
      moments.own = take_moments(in);
      moments.accumulated = take_moments(in);
    }
  }
  const bool has_values = in.take<uint8_t>() != 0;
  for (size_t left = has_values ? comparison.layers.size() : 0; left > 0 && in.ok(); --left) {
    comparison.values.emplace_back().read(in);
  }
  return comparison;
}

}  // namespace octavo
