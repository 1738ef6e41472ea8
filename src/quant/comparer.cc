#include "quant/comparer.h"

#include <algorithm>

#include "quant/probabilities.h"
#include "quant/shards.h"
#include "quant/timing.h"

namespace octavo {
namespace {

constexpr int kTop = 5;

Status check_same_outputs(std::span<const TensorView> a, std::span<const TensorView> b) {
  const auto alike = [](const TensorView& x, const TensorView& y) {
    return x.dtype == y.dtype && x.shape == y.shape;
  };
  if (std::equal(a.begin(), a.end(), b.begin(), b.end(), alike)) return {};
  return {ErrorCode::kInvalidArgument,
          "the two models give different outputs; compare a model with its own quantized form"};
}

}  // namespace

int64_t class_count(const TensorView& output) {
  if (output.dtype != DType::kFloat32 || output.shape.rank() == 0) return 0;
  const int64_t count = output.count();
  const int64_t longest = *std::max_element(output.shape.dims().begin(), output.shape.dims().end());
  return count == longest && count > 1 ? count : 0;
}

Status check_label(int64_t label, int64_t classes) {
  const int64_t last = classes - 1 - background_classes(classes);
  if (classes == 0 || label <= last) return {};
  return {ErrorCode::kInvalidArgument,
          "label " + std::to_string(label) + " is beyond the model's last class " +
              std::to_string(last) + "; check that labels and model belong together"};
}

std::vector<int64_t> top_classes(std::span<const float> scores, int k) {
  std::vector<int64_t> top;
  for (size_t i = 0; i < scores.size(); ++i) {
    size_t place = top.size();  // before all that score less; a NaN scores less than nothing
    while (place > 0 && scores[i] > scores[static_cast<size_t>(top[place - 1])]) --place;
    if (place >= static_cast<size_t>(k)) continue;
    top.insert(top.begin() + static_cast<std::ptrdiff_t>(place), static_cast<int64_t>(i));
    if (top.size() > static_cast<size_t>(k)) top.pop_back();
  }
  return top;
}

Comparer::Comparer(std::shared_ptr<const Plan> float_plan, std::shared_ptr<const Plan> quantized,
                   const CompareOptions& options, int64_t samples, ValueFactors factors)
    : layer_samples_(options.layer_samples),
      expected_(samples),
      float_plan_(std::move(float_plan)),
      quantized_plan_(std::move(quantized)),
      float_executor_(float_plan_),
      quantized_executor_(quantized_plan_),
      layers_(pair_layers(*float_plan_, *quantized_plan_)),
      factors_(std::move(factors)) {}

std::vector<LayerName> Comparer::layers() const {
  std::vector<LayerName> names;
  for (const LayerPair& layer : layers_) {
    const auto& quant = quantized_plan_->graph.value(layer.quantized).quant;
    names.push_back({layer.name, layer.op, quant});
    if (quant) names.back().params->axis = 0;  // it says nothing where there is one scale
  }
  return names;
}

Status Comparer::add(int64_t index, const std::string& name, std::span<const Tensor> inputs,
                     int64_t label, Comparison& into) {
  const std::vector<TensorView> views = views_of(inputs);
  OCTAVO_ASSIGN_OR_RETURN(const auto exact, timed_run(float_executor_, views, into.float_ms));
  OCTAVO_ASSIGN_OR_RETURN(const auto rough,
                          timed_run(quantized_executor_, views, into.quantized_ms));
  OCTAVO_ASSIGN_OR_RETURN(Answer answer, judge(exact, rough));
  OCTAVO_RETURN_IF_ERROR(check_label(label, answer.classes));
  answer.label = label < 0 ? -1 : label + background_classes(answer.classes);
  answer.name = name;
  into.answers[index] = std::move(answer);
  if (!probes(index)) return {};
  if (!probe_) probe_.emplace(float_plan_, quantized_plan_, layers_, factors_);
  OCTAVO_ASSIGN_OR_RETURN(into.measured[index], probe_->run(views, into.values));
  return {};
}

Status Comparer::time(std::span<const Tensor> inputs, Comparison& into) {
  const std::vector<TensorView> views = views_of(inputs);
  OCTAVO_RETURN_IF_ERROR(timed_run(float_executor_, views, into.float_ms).status());
  return timed_run(quantized_executor_, views, into.quantized_ms).status();
}

Result<Answer> Comparer::judge(std::span<const TensorView> exact,
                               std::span<const TensorView> rough) {
  OCTAVO_RETURN_IF_ERROR(check_same_outputs(exact, rough));
  Answer answer;
  for (size_t i = 0; i < exact.size(); ++i) {
    if (exact[i].dtype != DType::kFloat32) continue;
    answer.output.add(exact[i].values<float>(), rough[i].values<float>());
  }
  answer.classes = exact.empty() ? 0 : class_count(exact[0]);
  if (answer.classes == 0) return answer;
  answer.float_top = top_classes(exact[0].values<float>(), kTop);
  answer.quantized_top = top_classes(rough[0].values<float>(), kTop);
  const bool already = are_probabilities(exact[0].values<float>());
  const std::vector<double> p = to_probabilities(exact[0].values<float>(), already);
  const std::vector<double> q = to_probabilities(rough[0].values<float>(), already);
  answer.kl = kl_divergence(p, q);
  answer.float_confidence = p[static_cast<size_t>(answer.float_top[0])];
  answer.quantized_confidence = q[static_cast<size_t>(answer.quantized_top[0])];
  return answer;
}

// Whether it is one of `layer_samples` indices spread evenly: i * expected / wanted for some i.
bool Comparer::probes(int64_t index) const {
  const int64_t wanted = std::min(layer_samples_, expected_);
  if (wanted <= 0 || layers_.empty()) return false;
  const int64_t i = (index * wanted + expected_ - 1) / expected_;
  return i < wanted && i * expected_ / wanted == index;
}

}  // namespace octavo
