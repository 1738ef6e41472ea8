#include "engine/recipe_keys.h"

#include "engine/json_values.h"
#include "quant/observer.h"
#include "quant/presets.h"
#include "quant/weight_methods.h"

namespace octavo {
namespace {

Json from_size(Size size) { return Json::array({size.width, size.height}); }

std::vector<std::string> preprocess_names() {
  std::vector<std::string> names;
  for (const NamedPreprocess& named : named_preprocesses()) names.push_back(named.name);
  return names;
}

const char* preset_help() {
  static const std::string help = [] {
    std::string text = "recipe by name, which other keys refine";
    for (const Preset& preset : presets()) {
      text += std::string("; ") + preset.name + ": " + preset.description;
    }
    return text;
  }();
  return help.c_str();
}

const std::vector<std::string> kInterpolations = {"bilinear", "bilinear-plain", "bilinear-corners"};

// The default preset gives way.
void choose_by_hand(RecipeFile& r) {
  if (r.is_preset_given) return;
  r.is_preset_given = true;
  r.preset.clear();
  r.recipe.observer = Recipe().observer;
  r.recipe.corrections.clear();
}

Status set_preset(RecipeFile& r, const Json& j) {
  std::vector<std::string> names;
  for (const Preset& preset : presets()) names.emplace_back(preset.name);
  OCTAVO_ASSIGN_OR_RETURN(const size_t i, one_of(j, names));
  OCTAVO_ASSIGN_OR_RETURN(const Json sets, parse_json(presets()[i].sets, "preset"));
  choose_by_hand(r);
  r.preset = names[i];
  for (const Key& key : keys()) {
    const auto found = sets.find(key.shown.key);
    if (found != sets.end()) OCTAVO_RETURN_IF_ERROR(key.set(r, *found));
  }
  return {};
}

// Words of other tools that say the same.
struct Alias {
  const char* name;
  const char* key;
};
constexpr Alias kAliases[] = {
    {"nodes_to_exclude", "exclude"},  // onnxruntime.quantization.quantize_static
    {"nodes_to_quantize", "only"},
    {"op_types_to_quantize", "only_ops"},
};

}  // namespace

std::span<const Key> keys() {
  static const std::vector<Key> table = {
      // First, because they set what the following keys refine.
      {{"preset", "--preset", "NAME", preset_help(), false},
       [](RecipeFile& r, const Json& j) -> Status { return set_preset(r, j); },
       [](const RecipeFile& r) -> Json { return r.preset.empty() ? Json() : Json(r.preset); }},
      {{"preprocess", "--preprocess", "NAME",
        "usual preprocessing: tf, imagenet, caffe, unit or raw", false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(const size_t i, one_of(j, preprocess_names()));
         r.preprocess_name = named_preprocesses()[i].name;
         r.preprocess = named_preprocesses()[i].preprocess;
         return {};
       },
       [](const RecipeFile& r) -> Json {
         return r.preprocess_name.empty() ? Json() : Json(r.preprocess_name);
       }},
      {{"color", "--color", "rgb|bgr|gray|rgba", "order of the channels that the model expects",
        false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(const size_t i, one_of(j, {"rgb", "bgr", "gray", "rgba"}));
         r.preprocess.color = static_cast<Color>(i);
         return {};
       },
       [](const RecipeFile& r) -> Json {
         return r.preprocess.color ? Json(name_of(*r.preprocess.color)) : Json();
       }},
      {{"resize", "--resize", "N|WxH", "shorter side to N, or exactly to WxH", false},
       [](RecipeFile& r, const Json& j) -> Status {
         r.preprocess.resize.reset();
         r.preprocess.resize_shorter.reset();
         if (j.is_number()) {
           OCTAVO_ASSIGN_OR_RETURN(r.preprocess.resize_shorter, as_int(j, 1, 1 << 16));
         } else {
           OCTAVO_ASSIGN_OR_RETURN(r.preprocess.resize, as_size(j));
         }
         return {};
       },
       [](const RecipeFile& r) -> Json {
         if (r.preprocess.resize_shorter) return *r.preprocess.resize_shorter;
         return r.preprocess.resize ? from_size(*r.preprocess.resize) : Json();
       }},
      {{"crop", "--crop", "WxH", "cut this size from the centre", false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.preprocess.crop, as_size(j));
         return {};
       },
       [](const RecipeFile& r) -> Json {
         return r.preprocess.crop ? from_size(*r.preprocess.crop) : Json();
       }},
      {{"mean", "--mean", "a,b,c", "(x - mean) * norm with x from 0 to 255", false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.preprocess.mean, as_numbers(j));
         return {};
       },
       [](const RecipeFile& r) -> Json {
         return r.preprocess.mean.empty() ? Json() : Json(r.preprocess.mean);
       }},
      {{"norm", "--norm", "a,b,c", "(x - mean) * norm with x from 0 to 255", false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.preprocess.norm, as_numbers(j));
         return {};
       },
       [](const RecipeFile& r) -> Json {
         return r.preprocess.norm.empty() ? Json() : Json(r.preprocess.norm);
       }},
      {{"center_fraction", "--center-fraction", "W,H",
        "share of width and height that is kept, before resizing", false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(const std::vector<float> shares, as_numbers(j));
         if (shares.empty() || shares.size() > 2)
           return wrong_value("wants one share, or those of width, height");
         r.preprocess.center_fraction = {shares.front(), shares.back()};
         return {};
       },
       [](const RecipeFile& r) -> Json {
         const std::array<float, 2> shares = r.preprocess.center_fraction;
         return shares == std::array<float, 2>{1, 1} ? Json() : Json(shares);
       }},
      {{"interpolation", "--interpolation", "bilinear|bilinear-plain|bilinear-corners",
        "averaging as Pillow, or two taps as OpenCV, or as MNN", false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(const size_t i, one_of(j, kInterpolations));
         r.preprocess.interpolation = static_cast<Interpolation>(i);
         return {};
       },
       [](const RecipeFile& r) -> Json {
         return kInterpolations[static_cast<size_t>(r.preprocess.interpolation)];
       }},
      {{"exif", "--exif", "", "turn pictures as the camera says", false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.preprocess.exif, as_bool(j));
         return {};
       },
       [](const RecipeFile& r) -> Json { return r.preprocess.exif; }},
      {{"scheme", "--scheme", "static|dynamic|weight-only|float16",
        "ranges of activations from samples, or found in every run (Conv, MatMul, Gemm, LSTM), or "
        "only weights small; all but static want no samples",
        false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(const size_t i,
                                 one_of(j, {"static", "dynamic", "weight-only", "float16"}));
         r.recipe.scheme = static_cast<Scheme>(i);
         if (r.recipe.scheme != Scheme::kStatic) choose_by_hand(r);  // no others observe or correct
         return {};
       },
       [](const RecipeFile& r) -> Json { return name_of(r.recipe.scheme); }},
      {{"limit", "--limit", "N", "calibrate on N samples of the sorted folder", false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.limit, as_int(j, 0, INT32_MAX));
         return {};
       },
       [](const RecipeFile& r) -> Json { return r.limit; }},
      {{"pick", "--pick", "spread|first",
        "which samples --limit leaves: spread evenly over the sorted folder, or its first", false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(const size_t i, one_of(j, {"spread", "first"}));
         r.pick_first = i == 1;
         return {};
       },
       [](const RecipeFile& r) -> Json { return r.pick_first ? "first" : "spread"; }},
      {{"data_free", "--data-free", "",
        "ranges from the statistics of BatchNormalization in place of samples", false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.data_free, as_bool(j));
         return {};
       },
       [](const RecipeFile& r) -> Json { return r.data_free; }},
      {{"observer", "--observer", "NAME",
        "how ranges are chosen: auto, min_max, moving_average, mse, percentile, "
        "extremes_percentile, "
        "kl_ncnn, kl_mnn, kl_onnxruntime, aciq, admm or cosine",
        false},
       [](RecipeFile& r, const Json& j) -> Status {
         std::vector<std::string> names;
         for (const ObserverInfo& info : observers()) names.push_back(info.name);
         OCTAVO_ASSIGN_OR_RETURN(const size_t i, one_of(j, names));
         choose_by_hand(r);
         r.recipe.observer = names[i];
         return {};
       },
       [](const RecipeFile& r) -> Json { return r.recipe.observer; },
       true},
      {{"percentile", "--percentile", "P",
        "observer percentile: per cent of the values kept; extremes_percentile: of the samples",
        false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.recipe.percentile, as_number(j));
         return {};
       },
       [](const RecipeFile& r) -> Json { return r.recipe.percentile; }},
      {{"momentum", "--momentum", "M", "observer moving_average: the weight of the newest sample",
        false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.recipe.momentum, as_number(j));
         return {};
       },
       [](const RecipeFile& r) -> Json { return r.recipe.momentum; }},
      {{"weights", "--weights", "per-channel|per-tensor",
        "one scale an output channel, or one a tensor", false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(const size_t i, one_of(j, {"per-tensor", "per-channel"}));
         r.recipe.weights = i == 0 ? Granularity::kPerTensor : Granularity::kPerChannel;
         return {};
       },
       [](const RecipeFile& r) -> Json { return name_of(r.recipe.weights); }},
      {{"weight_method", "--weight-method", "max_abs|mse|admm|percentile",
        "how scales of weights are chosen", false},
       [](RecipeFile& r, const Json& j) -> Status {
         std::vector<std::string> names;
         for (const WeightMethod& method : weight_methods()) names.push_back(method.name);
         OCTAVO_ASSIGN_OR_RETURN(const size_t i, one_of(j, names));
         r.recipe.weight_method = names[i];
         return {};
       },
       [](const RecipeFile& r) -> Json { return r.recipe.weight_method; }},
      {{"weight_percentile", "--weight-percentile", "P",
        "weight method percentile: per cent of the weights kept", false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.recipe.weight_percentile, as_number(j));
         return {};
       },
       [](const RecipeFile& r) -> Json { return r.recipe.weight_percentile; }},
      {{"weight_bits", "--weight-bits", "8|7|4",
        "of weights: 7 for processors that saturate (x86 without VNNI), 4 with --scheme "
        "weight-only",
        false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.recipe.weight_bits, as_int(j, 1, 32));
         return {};
       },
       [](const RecipeFile& r) -> Json { return r.recipe.weight_bits; }},
      {{"block_size", "--block-size", "N",
        "weights of 4 bits: inputs that share a scale (16 to 256), 0 for all of an output channel",
        false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.recipe.block_size, as_int(j, 0, INT32_MAX));
         return {};
       },
       [](const RecipeFile& r) -> Json { return r.recipe.block_size; }},
      {{"activations", "--activations", "uint8|int8|int16",
        "integer type of the activations; int16 is multiplied in float", false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(const size_t i, one_of(j, {"uint8", "int8", "int16"}));
         constexpr DType kTypes[] = {DType::kUint8, DType::kInt8, DType::kInt16};
         r.recipe.activations = kTypes[i];
         return {};
       },
       [](const RecipeFile& r) -> Json { return name_of(r.recipe.activations); }},
      {{"corrections", "--correct", "NAME",
        "what to do about errors that stay, on samples: smooth, equalize, analytic_bias, bias or "
        "reconstruct; without: equalize or analytic_bias",
        true},
       [](RecipeFile& r, const Json& j) -> Status {
         choose_by_hand(r);
         OCTAVO_ASSIGN_OR_RETURN(r.recipe.corrections, as_texts(j));
         return {};
       },
       [](const RecipeFile& r) -> Json { return r.recipe.corrections; },
       true},
      {{"activation_bits", "--activation-bits", "8|7",
        "7 keeps to half the integers, for processors whose sums saturate", false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.recipe.activation_bits, as_int(j, 1, 32));
         return {};
       },
       [](const RecipeFile& r) -> Json { return r.recipe.activation_bits; }},
      {{"symmetric", "--symmetric", "", "zero point of activations in the middle of the integers",
        false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.recipe.symmetric, as_bool(j));
         return {};
       },
       [](const RecipeFile& r) -> Json { return r.recipe.symmetric; }},
      {{"six_bit_3x3", "--six-bit-3x3", "",
        "weights of 3 x 3 convolutions of stride 1 in 6 bits, as ncnn's Winograd wants them",
        false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.recipe.six_bit_3x3, as_bool(j));
         return {};
       },
       [](const RecipeFile& r) -> Json { return r.recipe.six_bit_3x3; }},
      {{"input_ranges", "--input-range", "NAME=MIN,MAX",
        "range of an input, or of any value, given by hand; wins over what was observed", true},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.recipe.input_ranges, as_ranges(j));
         return {};
       },
       [](const RecipeFile& r) -> Json {
         Json object = Json::object();
         for (const auto& [name, range] : r.recipe.input_ranges)
           object[name] = {range.min, range.max};
         return object;
       }},
      {{"exclude", "--exclude", "PATTERN",
        "leave nodes in float whose name, or whose output's, matches (* and ?)", true},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.recipe.exclude, as_texts(j));
         return {};
       },
       [](const RecipeFile& r) -> Json { return r.recipe.exclude; }},
      {{"exclude_ops", "--exclude-op", "OP", "leave all nodes of this operator in float", true},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.recipe.exclude_ops, as_texts(j));
         return {};
       },
       [](const RecipeFile& r) -> Json { return r.recipe.exclude_ops; }},
      {{"only", "--only", "PATTERN", "quantize no nodes but those that match (* and ?)", true},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.recipe.only, as_texts(j));
         return {};
       },
       [](const RecipeFile& r) -> Json { return r.recipe.only; }},
      {{"only_ops", "--only-op", "OP", "quantize no nodes but those of this operator", true},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.recipe.only_ops, as_texts(j));
         return {};
       },
       [](const RecipeFile& r) -> Json { return r.recipe.only_ops; }},
      {{"max_drop", "--max-drop", "POINTS",
        "leave layers in float until at most so many points of top-1 are lost; needs labels",
        false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.recipe.goal.max_drop, as_number(j));
         return {};
       },
       [](const RecipeFile& r) -> Json {
         return r.recipe.goal.max_drop ? Json(*r.recipe.goal.max_drop) : Json();
       }},
      {{"min_agreement", "--min-agreement", "PERCENT",
        "leave layers in float until so many samples get the float model's answer", false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.recipe.goal.min_agreement, as_number(j));
         return {};
       },
       [](const RecipeFile& r) -> Json {
         return r.recipe.goal.min_agreement ? Json(*r.recipe.goal.min_agreement) : Json();
       }},
      {{"min_int8", "--min-int8", "PERCENT",
        "of the multiply-adds, that stay integer whatever max-drop and min-agreement say", false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.recipe.goal.min_int8, as_number(j));
         return {};
       },
       [](const RecipeFile& r) -> Json { return r.recipe.goal.min_int8; }},
      {{"time_limit", "--time-limit", "SECONDS",
        "of trying and correcting, and as many of looking for layers to leave in float; the best "
        "so "
        "far is kept; 0: as long as it takes",
        false},
       [](RecipeFile& r, const Json& j) -> Status {
         OCTAVO_ASSIGN_OR_RETURN(r.recipe.goal.time_limit, as_number(j));
         return {};
       },
       [](const RecipeFile& r) -> Json { return r.recipe.goal.time_limit; }},
  };
  return table;
}

std::string canonical(const std::string& name) {
  for (const Alias& alias : kAliases) {
    if (alias.name == name) return alias.key;
  }
  return name;
}

const Key* find_key(const std::string& name) {
  const std::string wanted = canonical(name);
  for (const Key& key : keys()) {
    if (key.shown.key == wanted) return &key;
  }
  return nullptr;
}

}  // namespace octavo
