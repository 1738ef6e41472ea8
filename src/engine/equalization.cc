#include "engine/equalization.h"

#include "engine/json.h"

namespace octavo {
namespace {

constexpr const char* kChannels = "octavo_equalization";
constexpr const char* kFeatures = "octavo_smoothing";
constexpr char kOne = 'i';
static_assert(kOne - kMostExponent == 'a');

Result<ChannelFactors> read(const char* key, const std::string& text) {
  OCTAVO_ASSIGN_OR_RETURN(const Json json, parse_json(text, key));
  const Status refused(ErrorCode::kInvalidArgument, "wants names and letters from a to q");
  if (!json.is_object()) return refused;
  ChannelFactors factors;
  for (const auto& [name, letters] : json.items()) {
    if (!letters.is_string()) return refused;
    for (const char letter : letters.get_ref<const std::string&>()) {
      if (letter < kOne - kMostExponent || letter > kOne + kMostExponent) return refused;
      factors[name].push_back(letter - kOne);
    }
  }
  return factors;
}

void note(const char* key, const ChannelFactors& factors, Model& model) {
  model.metadata.erase(key);  // of whatever the float model says
  if (factors.empty()) return;
  OrderedJson json = OrderedJson::object();
  for (const auto& [name, exponents] : factors) {
    std::string letters;
    for (const int exponent : exponents) letters += static_cast<char>(kOne + exponent);
    json[name] = letters;
  }
  model.metadata[key] = dump_json(json, -1);
}

using FromFew = Result<ChannelFactors> (*)(const Graph& graph, const ChannelFactors& few);

// Empty where the metadata says nothing of it, or what does not fit.
ChannelFactors factors_of(const char* key, FromFew all_from, const Model& quantized,
                          const Graph& float_graph, std::vector<std::string>& warnings) {
  const auto found = quantized.metadata.find(key);
  if (found == quantized.metadata.end()) return {};
  const Result<ChannelFactors> few = read(key, found->second);
  Result<ChannelFactors> factors = few.ok() ? all_from(float_graph, *few) : few.status();
  if (factors.ok()) return *std::move(factors);
  warnings.push_back(
      "the errors of layers may be wrong: the model says that its channels were equalized, but not "
      "so that it fits the float model (" +
      factors.status().to_string() + ")");
  return {};
}

}  // namespace

void note_equalization(const ChannelFactors& channels, const ChannelFactors& features,
                       Model& model) {
  note(kChannels, channels, model);
  note(kFeatures, features, model);
}

Equalization equalization_of(const Model& quantized, const Graph& float_graph) {
  Equalization all;
  all.factors.channels =
      factors_of(kChannels, factors_from_products, quantized, float_graph, all.warnings);
  all.factors.features =
      factors_of(kFeatures, features_from_places, quantized, float_graph, all.warnings);
  return all;
}

}  // namespace octavo
