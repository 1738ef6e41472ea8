#include "engine/preprocess_check.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>

#include "engine/report_json.h"
#include "quant/comparison.h"
#include "quant/shards.h"

namespace octavo {
namespace {

constexpr size_t kChannels = 3;

std::array<float, kChannels> for_each_channel(const std::vector<float>& values, float fallback) {
  std::array<float, kChannels> all;
  all.fill(values.empty() ? fallback : values[0]);
  if (values.size() == kChannels) std::copy(values.begin(), values.end(), all.begin());
  return all;
}

PixelScaling scaling_of(const std::string& name, const Preprocess& preprocess) {
  return {name, preprocess.color.value_or(Color::kRgb), for_each_channel(preprocess.mean, 0),
          for_each_channel(preprocess.norm, 1)};
}

PixelScaling in_other_order(PixelScaling scaling) {
  scaling.color = scaling.color == Color::kRgb ? Color::kBgr : Color::kRgb;
  scaling.name += std::string(" in ") + name_of(scaling.color);
  std::reverse(scaling.mean.begin(), scaling.mean.end());
  std::reverse(scaling.norm.begin(), scaling.norm.end());
  return scaling;
}

std::vector<ScalingScore> usual_scalings() {
  std::vector<ScalingScore> usual;
  for (const NamedPreprocess& named : named_preprocesses()) {
    const PixelScaling scaling = scaling_of(named.name, named.preprocess);
    usual.push_back({scaling});
    usual.push_back({in_other_order(scaling)});
  }
  return usual;
}

void swap_red_and_blue(Image& image) {
  for (size_t i = 0; i + 2 < image.pixels.size(); i += kChannels) {
    std::swap(image.pixels[i], image.pixels[i + 2]);
  }
}

// As few digits as give the same float again.
std::string number(float x) {
  char text[32];
  for (int digits = 6; digits <= 9; ++digits) {
    std::snprintf(text, sizeof text, "%.*g", digits, static_cast<double>(x));
    if (std::strtof(text, nullptr) == x) break;
  }
  return text;
}

std::string numbers(const std::array<float, kChannels>& values) {
  return number(values[0]) + "," + number(values[1]) + "," + number(values[2]);
}

// What makes the given recipe this one.
std::string flags_of(const PixelScaling& scaling) {
  return std::string("--color ") + name_of(scaling.color) + " --mean " + numbers(scaling.mean) +
         " --norm " + numbers(scaling.norm);
}

double share(int64_t part, int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

std::string warning_of(const PreprocessReport& report) {
  const auto best = report.clearly_better();
  if (!best) return {};
  const ScalingScore& better = report.scores[*best];
  return "pictures seem to reach the network in another way than it was trained on: with " +
         better.scaling.name + " it is right on " + std::to_string(better.right) + " of " +
         std::to_string(report.images) + " samples, as given on " +
         std::to_string(report.scores[report.given].right) + "; try " + flags_of(better.scaling);
}

}  // namespace

std::optional<size_t> PreprocessReport::clearly_better() const {
  std::optional<size_t> best;
  for (size_t i = 0; i < scores.size(); ++i) {
    const auto won = static_cast<double>(scores[i].better - scores[i].worse);
    const auto differ = static_cast<double>(scores[i].better + scores[i].worse);
    const bool clearly = won > 2 * std::sqrt(differ);
    if (clearly && (!best || scores[i].right > scores[*best].right)) best = i;
  }
  return best;
}

PreprocessCheck::PreprocessCheck(Preprocess preprocess, bool channels_last, Shape shape,
                                 std::shared_ptr<Executor> executor)
    : preprocess_(std::move(preprocess)),
      channels_last_(channels_last),
      shape_(std::move(shape)),
      executor_(std::move(executor)) {
  report_.scores = usual_scalings();
  const PixelScaling given = scaling_of("yours", preprocess_);
  while (report_.given < report_.scores.size() &&
         !report_.scores[report_.given].scaling.same_numbers(given)) {
    ++report_.given;
  }
  if (report_.given == report_.scores.size()) report_.scores.push_back({given});
  preprocess_.color = Color::kRgb;
}

Result<PreprocessCheck> PreprocessCheck::make(Session& session, const RecipeFile& recipe) {
  OCTAVO_ASSIGN_OR_RETURN(const SampleLoader loader, SampleLoader::make(session.graph(), recipe));
  const std::optional<ImageInput> input = image_input(session.graph());
  const Color color = loader.preprocess().color.value_or(Color::kGray);
  if (!input || input->channels != 3 || (color != Color::kRgb && color != Color::kBgr)) {
    return Status(ErrorCode::kInvalidArgument,
                  "the model's input is no picture of three channels; there is nothing to check");
  }
  const Size size = output_size(loader.preprocess());
  const Shape shape = input->channels_last ? Shape{1, size.height, size.width, 3}
                                           : Shape{1, 3, size.height, size.width};
  OCTAVO_ASSIGN_OR_RETURN(auto plan, session.plan_for(std::vector{shape}));
  return PreprocessCheck(loader.preprocess(), input->channels_last, shape,
                         std::make_shared<Executor>(std::move(plan), session.pool()));
}

Result<bool> PreprocessCheck::add(const std::string& name, std::span<const std::byte> file,
                                  int64_t label) {
  return use(name, prepare_image(file, preprocess_), label);
}

Result<bool> PreprocessCheck::add(const std::string& name, const Image& decoded, int64_t label) {
  return use(name, prepare_image(decoded, preprocess_), label);
}

Result<bool> PreprocessCheck::use(const std::string& name, const Result<Image>& prepared,
                                  int64_t label) {
  if (!prepared.ok()) {
    if (prepared.status().code() != ErrorCode::kImage) return prepared.status().at(name);
    report_.skipped.push_back({name, prepared.status().message()});
    return false;
  }
  Image images[] = {*prepared, *prepared};  // by Color
  swap_red_and_blue(images[1]);
  std::vector<bool> right;
  for (const ScalingScore& score : report_.scores) {
    const Image& image = images[score.scaling.color == Color::kBgr ? 1 : 0];
    const Result<bool> is_so = is_right(image, score.scaling, label);
    if (!is_so.ok()) return is_so.status().at(name);
    right.push_back(*is_so);
  }
  for (size_t i = 0; i < right.size(); ++i) {
    report_.scores[i].right += right[i] ? 1 : 0;
    report_.scores[i].better += right[i] && !right[report_.given] ? 1 : 0;
    report_.scores[i].worse += !right[i] && right[report_.given] ? 1 : 0;
  }
  ++report_.images;
  return true;
}

Result<bool> PreprocessCheck::is_right(const Image& image, const PixelScaling& scaling,
                                       int64_t label) {
  std::vector<float> values(image.pixels.size());
  Preprocess preprocess = preprocess_;
  preprocess.mean.assign(scaling.mean.begin(), scaling.mean.end());
  preprocess.norm.assign(scaling.norm.begin(), scaling.norm.end());
  normalize(image, preprocess, channels_last_, values);
  const TensorView input{DType::kFloat32, shape_, values.data()};
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<TensorView> outputs, executor_->run({&input, 1}));
  const int64_t classes = outputs.empty() ? 0 : class_count(outputs[0]);
  if (classes == 0) {
    return Status(ErrorCode::kInvalidArgument,
                  "the model's first output is not one list of classes; there is no accuracy");
  }
  OCTAVO_RETURN_IF_ERROR(check_label(label, classes));
  return top_classes(outputs[0].values<float>(), 1)[0] == label + background_classes(classes);
}

void PreprocessCheck::merge(const PreprocessCheck& later) {
  report_.images += later.report_.images;
  for (size_t i = 0; i < report_.scores.size(); ++i) {
    report_.scores[i].right += later.report_.scores[i].right;
    report_.scores[i].better += later.report_.scores[i].better;
    report_.scores[i].worse += later.report_.scores[i].worse;
  }
  report_.skipped.insert(report_.skipped.end(), later.report_.skipped.begin(),
                         later.report_.skipped.end());
}

Result<PreprocessReport> PreprocessCheck::report() const {
  OCTAVO_RETURN_IF_ERROR(check_any_used(report_.images, report_.skipped));
  return report_;
}

Result<PreprocessReport> check_preprocessing(Session& session, const RecipeFile& recipe,
                                             const std::vector<LabelledFile>& files, int threads,
                                             const Progress& progress) {
  const int64_t count = std::ssize(files);
  std::vector<PreprocessCheck> checks;
  for (int i = shard_count(count, threads); i > 0; --i) {
    OCTAVO_ASSIGN_OR_RETURN(PreprocessCheck check, PreprocessCheck::make(session, recipe));
    checks.push_back(std::move(check));
  }
  const auto work = [&](SampleSpan span, int shard, int, SharedProgress& shared) -> Status {
    for (int64_t i = span.begin; i < span.end; ++i) {
      const LabelledFile& file = files[static_cast<size_t>(i)];
      OCTAVO_ASSIGN_OR_RETURN(const std::vector<std::byte> bytes, file.read());
      OCTAVO_RETURN_IF_ERROR(
          checks[static_cast<size_t>(shard)].add(file.name, bytes, file.label).status());
      OCTAVO_RETURN_IF_ERROR(shared.step());
    }
    return {};
  };
  OCTAVO_RETURN_IF_ERROR(over_shards(count, threads, "check", progress, work));
  for (size_t i = 1; i < checks.size(); ++i) checks[0].merge(checks[i]);
  return checks[0].report();
}

OrderedJson to_json(const PreprocessReport& report) {
  OrderedJson scores = OrderedJson::array();
  for (const ScalingScore& score : report.scores) {
    scores.push_back({{"name", score.scaling.name},
                      {"color", name_of(score.scaling.color)},
                      {"mean", score.scaling.mean},
                      {"norm", score.scaling.norm},
                      {"top1", share(score.right, report.images)},
                      {"better", score.better},
                      {"worse", score.worse}});
  }
  const auto best = report.clearly_better();
  return {{"schema", 1},
          {"images", report.images},
          {"given", report.given},
          {"clearly_better", best ? OrderedJson(*best) : OrderedJson()},
          {"warning", best ? OrderedJson(warning_of(report)) : OrderedJson()},
          {"scores", scores},
          {"skipped", to_json(report.skipped)}};
}

std::string to_text(const PreprocessReport& report) {
  std::vector<size_t> order(report.scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return report.scores[a].right > report.scores[b].right;
  });
  std::string text = "  float top-1 on " + std::to_string(report.images) + " labelled samples\n";
  for (const size_t i : order) {
    char line[128];
    std::snprintf(line, sizeof line, "  %-18s %6.1f %%%s\n", report.scores[i].scaling.name.c_str(),
                  share(report.scores[i].right, report.images) * 100,
                  i == report.given ? "   as given" : "");
    text += line;
  }
  const std::string warning = warning_of(report);
  return text + (warning.empty() ? "  none is clearly better than the given one\n"
                                 : "  warning: " + warning + "\n");
}

}  // namespace octavo
