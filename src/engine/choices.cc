#include "engine/choices.h"

#include "engine/json.h"
#include "quant/corrections/correction_list.h"
#include "quant/observer.h"
#include "quant/presets.h"
#include "quant/recipe.h"
#include "quant/weight_methods.h"

namespace octavo {
namespace {

template <class Infos>
OrderedJson listed(const Infos& infos) {
  OrderedJson list = OrderedJson::array();
  for (const auto& info : infos) {
    list.push_back({{"name", info.name}, {"description", info.description}});
  }
  return list;
}

struct SchemeInfo {
  const char* name;
  const char* description;
};

const SchemeInfo kSchemes[] = {
    {name_of(Scheme::kStatic),
     "weights and activations become int8, ranges are found on your samples: smallest and fastest"},
    {name_of(Scheme::kDynamic),
     "weights become int8, ranges of activations are found in every run: no samples needed; for "
     "transformers and LSTMs first of all"},
    {name_of(Scheme::kWeightOnly),
     "weights become small, of 8 or 4 bits, the arithmetic stays float: no samples needed; a "
     "smaller file, not a faster one"},
    {name_of(Scheme::kFloat16),
     "weights become halves, the arithmetic stays float: no samples needed; half the file, and "
     "next to nothing lost"},
};

OrderedJson listed_presets() {
  OrderedJson list = listed(presets());
  for (size_t i = 0; i < list.size(); ++i) {
    list[i]["sets"] = parse_json(presets()[i].sets, "preset").value();
  }
  return list;
}

}  // namespace

std::string choices_json() {
  return dump_json({{"scheme", listed(kSchemes)},
                    {"preset", listed_presets()},
                    {"observer", listed(observers())},
                    {"weight_method", listed(weight_methods())},
                    {"corrections", listed(corrections())}});
}

}  // namespace octavo
