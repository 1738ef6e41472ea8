#include <algorithm>
#include <cstdio>

#include "engine/recipe_file.h"
#include "quant/corrections/correction_list.h"

namespace octavo {
namespace {

std::string list_text(const std::vector<float>& values) {
  std::string out;
  for (const float x : values) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%s%.6g", out.empty() ? "" : ", ", static_cast<double>(x));
    out += buffer;
  }
  return out;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string describe_pictures(const Preprocess& p) {
  const auto size = [](Size s) {
    return std::to_string(s.width) + " x " + std::to_string(s.height);
  };
  std::string pictures = name_of(*p.color);
  if (p.center_fraction != std::array<float, 2>{1, 1}) {
    pictures +=
        ", centre " + list_text({p.center_fraction[0], p.center_fraction[1]}) + " of width, height";
  }
  if (p.resize_shorter) pictures += ", shorter side to " + std::to_string(*p.resize_shorter);
  if (p.resize) pictures += ", resized to " + size(*p.resize);
  if (p.crop) pictures += ", centre crop " + size(*p.crop);
  if (p.exif) pictures += ", turned by EXIF";
  const auto all = [](const std::vector<float>& values, float wanted) {
    return std::ranges::all_of(values, [&](float value) { return value == wanted; });
  };
  const bool as_is = all(p.mean, 0) && all(p.norm, 1);
  return "  pictures     " + pictures + "\n               " +
         (as_is ? "x from 0 to 255, as it is"
                : "(x - [" + list_text(p.mean) + "]) * [" + list_text(p.norm) + "]") +
         "\n";
}

std::string describe_activations(const RecipeFile& file, bool calibrated) {
  const Recipe& recipe = file.recipe;
  if (recipe.scheme == Scheme::kWeightOnly || recipe.scheme == Scheme::kFloat16) return "float";
  return std::string(name_of(recipe.activations)) +
         (recipe.activation_bits == 7 ? " of 7 bits" : "") +
         (recipe.symmetric ? " symmetric" : " asymmetric") + ", one scale a tensor, " +
         (calibrated                          ? "observer " + recipe.observer
          : recipe.scheme == Scheme::kDynamic ? "found in every run"
          : file.data_free                    ? "ranges of BatchNormalization"
                                              : "ranges of training");
}

std::string describe_weights(const Recipe& recipe) {
  if (recipe.scheme == Scheme::kFloat16) return "float16";
  const bool usual = recipe.weight_method == Recipe().weight_method;
  const std::string method = usual ? "" : ", " + recipe.weight_method;
  if (recipe.weight_bits != 4) {
    return std::string("int8 symmetric, ") + name_of(recipe.weights) + method +
           (recipe.weight_bits == 7 ? ", 7 bits" : "");
  }
  return "int4 symmetric, one scale " +
         (recipe.block_size == 0 ? "a channel"
                                 : "for " + std::to_string(recipe.block_size) + " inputs");
}

std::string describe_goal(const Goal& goal) {
  const auto amount = [](double x) { return list_text({static_cast<float>(x)}); };
  std::string text;
  if (goal.max_drop) text += "at most " + amount(*goal.max_drop) + " points of top-1 lost, ";
  if (goal.min_agreement) text += "the same answer for " + amount(*goal.min_agreement) + " %, ";
  return text + amount(goal.min_int8) + " % of the multiply-adds in int8";
}

// Those that there is anything to go by for.
std::vector<std::string> corrections_of(const RecipeFile& file) {
  std::vector<std::string> names;
  for (const std::string& name : file.recipe.corrections) {
    if (!file.data_free || !needs_samples(name)) names.push_back(name);
  }
  return names;
}

}  // namespace

std::string describe(const RecipeFile& file, const std::optional<Preprocess>& p) {
  const bool calibrated = file.recipe.scheme == Scheme::kStatic && !file.data_free && p.has_value();
  std::string text = calibrated && p->color ? describe_pictures(*p) : "";
  text += "  activations  " + describe_activations(file, calibrated) + "\n";
  text += "  weights      " + describe_weights(file.recipe) + "\n";
  const std::vector<std::string> corrections = corrections_of(file);
  if ((calibrated || file.data_free) && !corrections.empty()) {
    text += "  corrections  " + joined(corrections) + "\n";
  }
  const std::string excluded =
      joined(file.recipe.exclude) +
      (file.recipe.exclude.empty() || file.recipe.exclude_ops.empty() ? "" : ", ") +
      joined(file.recipe.exclude_ops);
  if (!excluded.empty()) text += "  in float     " + excluded + "\n";
  if (file.recipe.goal.is_set()) text += "  goal         " + describe_goal(file.recipe.goal) + "\n";
  return text;
}

}  // namespace octavo
