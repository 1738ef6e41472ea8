#include "engine/mnn_config.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>

#include "engine/json_values.h"
#include "quant/nearest_word.h"

namespace octavo {
namespace {

struct Draft {
  Json recipe = Json::object();  // keys of a recipe file
  MnnConfig config;
  std::string color = "BGR";
  std::string method = "KL";
  std::vector<float> mean, normal;
  std::optional<int64_t> width, height;
  std::array<double, 2> center = {1, 1};  // shares of width and height
  int64_t quant_bits = 8;
};

// Of up to four channels.
Result<std::vector<float>> channels_in(const Json& j) {
  if (j.is_array() && j.size() <= 4) return as_numbers(j);
  return wrong_value("wants a list of up to 4 numbers");
}

Result<std::string> word_of(const Json& j, const std::vector<std::string>& words) {
  OCTAVO_ASSIGN_OR_RETURN(const size_t i, one_of(j, words));
  return words[i];
}

// Integers on each side of zero become bits.
Status set_clamp(const Json& j, const char* key, Draft& d) {
  OCTAVO_ASSIGN_OR_RETURN(const double value, as_number(j, 0, 127));
  const double clamp = std::floor(value);  // as MNN does
  if (clamp != 127 && clamp != 63) {
    return wrong_value("can be 127 (8 bits) or 63 (7 bits) here, not " + j.dump());
  }
  if (clamp == 63) d.recipe[key] = 7;
  return {};
}

Result<double> share(const Json& j) {
  OCTAVO_ASSIGN_OR_RETURN(const double x, as_number(j, 0, 1));
  if (!(static_cast<float>(x) > 0)) return wrong_value("wants a share above 0");
  return x;
}

Status set_limit(Draft& d, const Json& j) {
  OCTAVO_ASSIGN_OR_RETURN(const int64_t count, as_int(j, 0, INT32_MAX));
  d.recipe["limit"] = count;
  return {};
}

Status without_effect(Draft& d, const std::string& key, const std::string& why) {
  d.config.warnings.push_back(key + " is without effect: " + why);
  return {};
}

void set_method(Draft& d) {
  const bool trains = d.method == "EMA";
  d.recipe["observer"] = trains ? "moving_average" : d.method == "ADMM" ? "admm" : "kl_mnn";
  d.recipe["activations"] = "int8";
  d.recipe["symmetric"] = !trains;
  if (!trains) return;
  d.config.warnings.emplace_back(
      "feature_quantize_method EMA also trains weights in MNN; here ranges alone are averaged");
}

std::string lower(std::string word) {
  for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return word;
}

// A list that MNN fills up with its default, or cuts, to the channels of the format.
std::vector<float> filled(std::vector<float> values, float fallback, size_t channels) {
  if (!values.empty()) values.resize(channels, fallback);
  return values;
}

struct Key {
  const char* name;
  Status (*set)(Draft& d, const Json& j);
};

// One line each: what it means, and why it may not be had.
std::span<const Key> keys() {
  static constexpr Key kKeys[] = {
      {"format",
       [](Draft& d, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(d.color, word_of(j, {"BGR", "RGB", "GRAY", "RGBA", "BGRA"}));
         if (d.color == "BGRA") return wrong_value("BGRA cannot be had here; give .npy arrays");
         return {};
       }},
      {"mean",
       [](Draft& d, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(d.mean, channels_in(j));
         return {};
       }},
      {"normal",
       [](Draft& d, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(d.normal, channels_in(j));
         return {};
       }},
      {"width",
       [](Draft& d, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(d.width, as_int(j, 1, 1 << 16));
         return {};
       }},
      {"height",
       [](Draft& d, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(d.height, as_int(j, 1, 1 << 16));
         return {};
       }},
      {"center_crop_w",
       [](Draft& d, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(d.center[0], share(j));
         return {};
       }},
      {"center_crop_h",
       [](Draft& d, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(d.center[1], share(j));
         return {};
       }},
      {"path",
       [](Draft& d, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(d.config.images, as_text(j));
         return {};
       }},
      {"used_image_num", set_limit},
      {"used_sample_num", set_limit},  // after the other, which it overrides
      {"batch_size",
       [](Draft& d, const Json& j) -> Status {
         OCTAVO_RETURN_IF_ERROR(as_int(j, 1, INT32_MAX).status());
         return without_effect(d, "batch_size", "samples run one at a time, with the same result");
       }},
      {"quant_bits",
       [](Draft& d, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(d.quant_bits, as_int(j, 2, 8));
         return d.quant_bits >= 7 ? Status()
                                  : wrong_value("can be 8 or 7 here; --scheme weight-only has 4");
       }},
      {"feature_quantize_method",
       [](Draft& d, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(d.method, word_of(j, {"KL", "ADMM", "EMA"}));
         return {};
       }},
      {"weight_quantize_method",
       [](Draft& d, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(const std::string method, word_of(j, {"MAX_ABS", "ADMM"}));
         if (method == "ADMM") d.recipe["weight_method"] = "admm";
         return {};
       }},
      {"feature_clamp_value",
       [](Draft& d, const Json& j) { return set_clamp(j, "activation_bits", d); }},
      {"weight_clamp_value",
       [](Draft& d, const Json& j) -> Status {
         if (d.quant_bits != 8) return {};  // which says it then
         return set_clamp(j, "weight_bits", d);
       }},
      {"winogradOpt",
       [](Draft& d, const Json& j) -> Status {
         OCTAVO_RETURN_IF_ERROR(as_bool(j).status());
         return without_effect(d, "winogradOpt", "kernels choose for themselves");
       }},
      {"skip_quant_op_names",
       [](Draft& d, const Json& j) -> Status {
         if (!j.is_array()) return wrong_value("wants a list of names");
         for (const Json& name : j) {
           if (!name.is_string()) return wrong_value("wants a list of names");
         }
         d.recipe["exclude"] = j;
         return {};
       }},
      {"debug",
       [](Draft& d, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(const bool wanted, as_bool(j));
         if (!wanted) return {};
         return without_effect(d, "debug", "octavo compare shows the error of each layer");
       }},
      {"input_type",
       [](Draft&, const Json& j) { return one_of(j, {"image", "sequence"}).status(); }},
      {"inputs",
       [](Draft& d, const Json& j) -> Status {
         if (!j.is_array()) return wrong_value("wants a list of inputs");
         for (const Json& input : j) {
           if (!input.is_object()) return wrong_value("wants a list of inputs");
           if (input.contains("value"))
             return wrong_value(
                 "fixed inputs cannot be had here; give them in the samples' input.json");
         }
         return without_effect(d, "inputs", "shapes come from the model and its samples");
       }},
  };
  return kKeys;
}

void warn_unknown(const Json& object, const std::string& json, Draft& d) {
  std::vector<std::string> known;
  for (const Key& key : keys()) known.emplace_back(key.name);
  for (const auto& item : object.items()) {
    if (std::find(known.begin(), known.end(), item.key()) != known.end()) continue;
    const std::string line = place_in(line_of_key(json, item.key()));
    const std::string name = item.key().substr(0, 100);
    d.config.warnings.push_back((line.empty() ? "" : line + ", ") + "there is no key '" + name +
                                "'; did you mean '" + nearest_word(name, known) + "'?");
  }
}

// What the keys say together.
Status settle(Draft& d) {
  set_method(d);
  d.recipe["color"] = lower(d.color);
  const size_t channels = d.color == "GRAY" ? 1 : d.color == "RGBA" ? 4 : 3;
  if (!d.mean.empty()) d.recipe["mean"] = filled(d.mean, 0, channels);
  if (!d.normal.empty()) d.recipe["norm"] = filled(d.normal, 1, channels);
  if (d.width.has_value() != d.height.has_value())
    return wrong_value("width and height go together");
  if (d.width) d.recipe["resize"] = {*d.width, *d.height};
  d.recipe["center_fraction"] = d.center;
  d.recipe["interpolation"] = "bilinear-corners";
  d.recipe["pick"] = "first";
  if (d.quant_bits == 7) d.recipe["weight_bits"] = 7;
  return {};
}

}  // namespace

Result<MnnConfig> read_mnn_config(const std::string& json) {
  OCTAVO_ASSIGN_OR_RETURN(const Json object, parse_json(json, ""));
  if (!object.is_object()) return wrong_value("wants one JSON object");
  Draft d;
  for (const Key& key : keys()) {  // in the list's order
    const auto found = object.find(key.name);
    if (found == object.end()) continue;
    const std::string line = place_in(line_of_key(json, key.name));
    OCTAVO_RETURN_IF_ERROR(
        key.set(d, *found).at((line.empty() ? "" : line + ", ") + "key '" + key.name + "'"));
  }
  warn_unknown(object, json, d);
  OCTAVO_RETURN_IF_ERROR(settle(d));
  OCTAVO_ASSIGN_OR_RETURN(d.config.recipe, recipe_from_json(d.recipe.dump()));
  return std::move(d.config);
}

}  // namespace octavo
