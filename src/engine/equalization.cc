#include "engine/equalization.h"

#include "engine/json.h"

namespace octavo {
namespace {

constexpr const char* kKey = "octavo_equalization";
constexpr char kOne = 'i';
static_assert(kOne - kMostExponent == 'a');

Result<ChannelFactors> read(const std::string& text) {
  OCTAVO_ASSIGN_OR_RETURN(const Json json, parse_json(text, kKey));
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

}  // namespace

void note_equalization(const ChannelFactors& products, Model& model) {
  model.metadata.erase(kKey);  // of whatever the float model says
  if (products.empty()) return;
  OrderedJson json = OrderedJson::object();
  for (const auto& [name, exponents] : products) {
    std::string letters;
    for (const int exponent : exponents) letters += static_cast<char>(kOne + exponent);
    json[name] = letters;
  }
  model.metadata[kKey] = dump_json(json, -1);
}

Equalization equalization_of(const Model& quantized, const Graph& float_graph) {
  const auto found = quantized.metadata.find(kKey);
  if (found == quantized.metadata.end()) return {};
  const Result<ChannelFactors> products = read(found->second);
  const Result<ChannelFactors> factors =
      products.ok() ? factors_from_products(float_graph, *products) : products.status();
  if (factors.ok()) return {*factors, {}};
  return {{},
          {"the errors of layers may be wrong: the model says that its channels were equalized, "
           "but not so that it fits the float model (" +
           factors.status().to_string() + ")"}};
}

}  // namespace octavo
