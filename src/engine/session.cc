#include "engine/session.h"

#include "engine/equalization.h"
#include "engine/version.h"
#include "formats/format.h"
#include "graph/shape_inference.h"
#include "passes/pass.h"
#include "quant/corrections/correction_list.h"
#include "quant/fake_quant.h"
#include "quant/shards.h"

namespace octavo {
namespace {

const PassContext kPasses = {evaluate_node};
constexpr size_t kMaxPlans = 8;

std::vector<InputShape> named(const Graph& graph, std::span<const Shape> shapes) {
  std::vector<InputShape> out;
  for (size_t i = 0; i < shapes.size(); ++i) {
    out.push_back({graph.value(graph.inputs[i]).name, shapes[i]});
  }
  return out;
}

Result<std::shared_ptr<const Plan>> plan_for_shapes(const Graph& graph,
                                                    std::span<const Shape> shapes) {
  Graph bound = graph;
  OCTAVO_RETURN_IF_ERROR(specialize(bound, named(bound, shapes), kPasses));
  return make_plan(bound);
}

Tensor copy_of(const TensorView& view) {
  const std::span<const std::byte> bytes(static_cast<const std::byte*>(view.data), view.bytes());
  return {view.dtype, view.shape, Buffer::copy_of(bytes)};
}

Result<uint64_t> written_bytes(const Model& model) {
  const Format* format = find_format(model.format);
  if (!format || !format->write) return model.bytes;
  return format->write(model, {});
}

}  // namespace

Result<Session> Session::open(std::shared_ptr<const ByteSource> source,
                              const OpenSibling& open_sibling) {
  OCTAVO_ASSIGN_OR_RETURN(Model model, read_model(std::move(source), {open_sibling}));
  OCTAVO_RETURN_IF_ERROR(infer_shapes(model.graph));
  Session session;
  session.normalized_ = std::make_shared<const Normalized>(find_normalized(model.graph));
  OCTAVO_RETURN_IF_ERROR(run_passes(model.graph, standard_passes(), kPasses).status());
  session.model_ = std::make_shared<const Model>(std::move(model));
  return session;
}

Result<std::shared_ptr<const Plan>> Session::plan_for(std::span<const Shape> shapes) {
  std::vector<std::vector<int64_t>> key;
  for (const Shape& shape : shapes) key.push_back(shape.dims());
  if (const auto found = plans_->find(key); found != plans_->end()) return found->second;

  if (shapes.size() != graph().inputs.size()) {
    return Status(ErrorCode::kInvalidArgument,
                  "the model has " + std::to_string(graph().inputs.size()) + " inputs, " +
                      std::to_string(shapes.size()) + " were given");
  }
  OCTAVO_ASSIGN_OR_RETURN(auto plan, plan_for_shapes(graph(), shapes));
  if (plans_->size() >= kMaxPlans)
    plans_->clear();  // texts of every length must not fill the memory
  (*plans_)[key] = plan;
  return plan;
}

void Session::use_threads(std::shared_ptr<ThreadPool> pool) {
  pool_ = std::move(pool);
  executor_.reset();
}

Result<std::vector<Tensor>> Session::run(std::span<const Tensor> inputs) {
  OCTAVO_ASSIGN_OR_RETURN(const auto plan, plan_for(shapes_of(inputs)));
  if (!executor_ || &executor_->plan() != plan.get()) {
    executor_ = std::make_shared<Executor>(plan, pool_);
  }
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<TensorView> outputs, executor_->run(views_of(inputs)));
  std::vector<Tensor> copies;
  for (const TensorView& output : outputs) copies.push_back(copy_of(output));
  return copies;
}

bool Session::wants_samples(const RecipeFile& recipe) const {
  return recipe.recipe.scheme == Scheme::kStatic && !recipe.data_free &&
         !is_fake_quantized(graph());
}

Result<Calibration> Session::calibrate(const SampleSource& source, const RecipeFile& recipe,
                                       int threads, const Progress& progress) {
  OCTAVO_RETURN_IF_ERROR(check_is_float(graph()));
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<Shape> shapes, sample_shapes(source));
  OCTAVO_ASSIGN_OR_RETURN(const auto plan, plan_for(shapes));
  return octavo::calibrate(plan, values_to_observe(graph(), recipe.recipe), source, recipe.recipe,
                           threads, progress);
}

namespace {

// Calls `add` with up to `most` samples, spread over the source; those that calibration has noted
// are passed over.
Status load_some(const SampleSource& source, int64_t most, const Progress& progress,
                 const std::function<void(int64_t, std::vector<Tensor>)>& add) {
  const int64_t count = std::min(most, source.count);
  for (int64_t i = 0; i < count; ++i) {
    OCTAVO_RETURN_IF_ERROR(report(progress, "load", i, count));
    const int64_t index = i * source.count / count;
    Result<std::vector<Tensor>> inputs = source.load(index, 0);
    if (inputs.ok()) {
      add(index, *std::move(inputs));
    } else if (inputs.status().code() != ErrorCode::kImage) {
      return inputs.status().at(source.name(index));
    }
  }
  return {};
}

// Ranges given by hand win over those that were observed.
Calibration with_hand_ranges(Calibration calibration, const Recipe& recipe) {
  for (const auto& [name, range] : recipe.input_ranges) {
    const ValueRange by_hand = {range, 0, "by hand"};
    calibration.ranges[name] = by_hand;
    for (RangeChoice& choice : calibration.choices) choice.ranges[name] = by_hand;
  }
  return calibration;
}

}  // namespace

Result<Session::Quantized> Session::quantize(const Calibration& calibration,
                                             const RecipeFile& recipe, const SampleSource& source,
                                             int threads, const Progress& progress,
                                             const Judging& judging) const {
  OCTAVO_ASSIGN_OR_RETURN(Quantizer quantizer, this->quantizer(calibration, recipe, threads));
  OCTAVO_RETURN_IF_ERROR(load_some(
      source, quantizer.samples(), progress, [&](int64_t index, std::vector<Tensor> inputs) {
        const auto i = static_cast<size_t>(index);
        quantizer.add(std::move(inputs), i < judging.labels.size() ? judging.labels[i] : -1);
      }));
  if (judging.state) quantizer.restore(*judging.state);
  OCTAVO_RETURN_IF_ERROR(quantizer.begin());
  while (!quantizer.ended()) {
    OCTAVO_RETURN_IF_ERROR(
        report(progress, quantizer.phase(), quantizer.done(), quantizer.steps()));
    OCTAVO_RETURN_IF_ERROR(quantizer.step());
    if (!judging.keep) continue;
    if (const auto state = quantizer.state()) OCTAVO_RETURN_IF_ERROR(judging.keep(*state));
  }
  OCTAVO_ASSIGN_OR_RETURN(Quantization made, quantizer.finish());
  return quantized(std::move(made), calibration.samples, recipe);
}

Result<Quantizer> Session::quantizer(const Calibration& calibration, const RecipeFile& recipe,
                                     int threads) const {
  Recipe wanted = recipe.recipe;
  // Most look at samples.
  if (calibration.samples == 0 && calibration.normalized.empty()) wanted.corrections.clear();
  return Quantizer::make(graph(), with_hand_ranges(calibration, wanted), wanted, plan_for_shapes,
                         threads);
}

Result<Sensitivity> Session::sensitivity(const Calibration& calibration, const RecipeFile& recipe,
                                         const SampleSource& source, int threads,
                                         const Progress& progress) const {
  OCTAVO_ASSIGN_OR_RETURN(SensitivityAnalysis analysis,
                          sensitivity_analysis(calibration, recipe, threads));
  OCTAVO_RETURN_IF_ERROR(
      load_some(source, analysis.samples(), progress,
                [&](int64_t, std::vector<Tensor> inputs) { analysis.add(std::move(inputs)); }));
  OCTAVO_RETURN_IF_ERROR(analysis.begin());
  while (!analysis.ended()) {
    OCTAVO_RETURN_IF_ERROR(report(progress, "measure", analysis.done(), analysis.steps()));
    OCTAVO_RETURN_IF_ERROR(analysis.step());
  }
  return analysis.found();
}

Result<SensitivityAnalysis> Session::sensitivity_analysis(const Calibration& calibration,
                                                          const RecipeFile& recipe,
                                                          int threads) const {
  return SensitivityAnalysis::make(graph(), with_hand_ranges(calibration, recipe.recipe),
                                   recipe.recipe, plan_for_shapes, threads);
}

namespace {

// Observing, trying and correcting look at samples; extremes_percentile serves logs of ranges, too.
std::vector<std::string> left_out(const RecipeFile& file, int64_t samples) {
  const Recipe& recipe = file.recipe;
  if (samples > 0 || recipe.scheme != Scheme::kStatic) return {};
  std::vector<std::string> wishes;
  if (recipe.observer != Recipe().observer && recipe.observer != "extremes_percentile") {
    wishes.push_back("observer " + recipe.observer);
  }
  for (const std::string& name : recipe.corrections) {
    if (!file.data_free || needs_samples(name)) wishes.push_back("correction " + name);
  }
  if (wishes.empty()) return {};
  std::string text = "without samples these are left out: " + wishes[0];
  for (size_t i = 1; i < wishes.size(); ++i) text += ", " + wishes[i];
  return {text + "; give samples (--images), or choose --preset fast, which wants none of it"};
}

}  // namespace

Result<Session::Quantized> Session::quantized(Quantization made, int64_t samples,
                                              const RecipeFile& recipe) const {
  Tuned& tuned = made.tuned;
  RecipeFile wishes = recipe;
  wishes.recipe.exclude = made.recipe.exclude;
  wishes.recipe.goal = {};  // whose search ends in what is excluded
  Model model = *model_;
  model.graph = std::move(tuned.quantized.graph);
  // The same wishes, model and samples give the same bytes everywhere: no time, no path.
  model.metadata["octavo_version"] = kVersion;
  model.metadata["octavo_recipe"] = wishes_to_json(wishes);
  model.metadata["octavo_calibration_samples"] = std::to_string(samples);
  note_equalization(tuned.factors, tuned.features, model);
  OCTAVO_ASSIGN_OR_RETURN(model.bytes, written_bytes(model));
  Session session;
  session.model_ = std::make_shared<const Model>(std::move(model));
  session.lint_options_.opset = false;
  std::vector<Finding> findings;
  if (!check_is_float(session.graph()).ok()) {
    OCTAVO_ASSIGN_OR_RETURN(findings, session.lint());
  }
  return Quantized{std::move(session),      std::move(tuned.quantized.nodes),
                   std::move(tuned.trials), std::move(tuned.corrections),
                   std::move(findings),     left_out(recipe, samples),
                   std::move(made.fallback)};
}

Result<std::vector<Finding>> Session::lint() const { return octavo::lint(*model_, lint_options_); }

Status Session::save(const std::string& format,
                     const std::function<Status(std::span<const std::byte>)>& sink) const {
  const Format* writer = find_format(format);
  if (!writer) {
    return {ErrorCode::kInvalidArgument, "there is no format '" + format + "' to write"};
  }
  return writer->write(*model_, sink).status();
}

const char* kernel_isa() { return name_of(best_isa()); }

Result<std::vector<Shape>> sample_shapes(const SampleSource& source) {
  Status last(ErrorCode::kCalibrationData, "there are no samples");
  for (int64_t i = 0; i < source.count; ++i) {
    const Result<std::vector<Tensor>> inputs = source.load(i, 0);
    if (!inputs.ok()) {
      last = Status(ErrorCode::kCalibrationData,
                    "no sample could be used; of the last: " + inputs.status().message(),
                    source.name(i));
      continue;
    }
    return shapes_of(*inputs);
  }
  return last;
}

}  // namespace octavo
