#include "engine/choices.h"

#include "engine/json.h"
#include "quant/corrections/correction_list.h"
#include "quant/observer.h"
#include "quant/presets.h"
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

OrderedJson listed_presets() {
  OrderedJson list = listed(presets());
  for (size_t i = 0; i < list.size(); ++i) {
    list[i]["sets"] = parse_json(presets()[i].sets, "preset").value();
  }
  return list;
}

}  // namespace

std::string choices_json() {
  return dump_json({{"preset", listed_presets()},
                    {"observer", listed(observers())},
                    {"weight_method", listed(weight_methods())},
                    {"corrections", listed(corrections())}});
}

}  // namespace octavo
