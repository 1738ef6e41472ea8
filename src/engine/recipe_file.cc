#include "engine/recipe_file.h"

#include <algorithm>
#include <map>

#include "engine/ranges/lines.h"
#include "engine/recipe_keys.h"
#include "quant/nearest_word.h"

namespace octavo {
namespace {

Status wrong(const std::string& what) { return {ErrorCode::kInvalidArgument, what}; }

Status unknown_key(const std::string& name, const std::string& place = "recipe") {
  std::vector<std::string> known = {"schema"};
  for (const Key& key : keys()) known.push_back(key.shown.key);
  return Status(ErrorCode::kInvalidArgument,
                "there is no key '" + name + "'; did you mean '" + nearest_word(name, known) + "'?")
      .at(place);
}

// The text of a flag as JSON: numbers, lists of numbers, sizes; else the text itself.
Json json_from_flag(const std::string& text) {
  if (const auto x = number_in(text)) return *x;
  const char separator = text.find(',') != std::string::npos ? ',' : 'x';
  Json list = Json::array();
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    const auto x = number_in(std::string_view(text).substr(begin, end - begin));
    if (!x) return text;
    list.push_back(*x);
    begin = end + 1;
  }
  return list;
}

bool is_of_preset(const Key& key) {
  return key.is_choice || key.shown.key == std::string("preset");
}

}  // namespace

bool RecipeFile::center_crop() const {
  for (const NamedPreprocess& named : named_preprocesses()) {
    if (preprocess_name == named.name) return named.center_crop;
  }
  return false;
}

const RecipeFile& default_recipe() {
  static const RecipeFile recipe = [] {
    RecipeFile best = *recipe_from_json(R"({"preset": "best"})");
    best.is_preset_given = false;
    return best;
  }();
  return recipe;
}

std::span<const RecipeKey> recipe_keys() {
  static const std::vector<RecipeKey> shown = [] {
    std::vector<RecipeKey> all;
    for (const Key& key : keys()) all.push_back(key.shown);
    return all;
  }();
  return shown;
}

Result<RecipeFile> recipe_from_json(const std::string& json, const RecipeFile& base) {
  OCTAVO_ASSIGN_OR_RETURN(const Json object, parse_json(json, "recipe"));
  if (!object.is_object()) return wrong("wants one JSON object").at("recipe");
  if (object.contains("schema") && object["schema"] != 1) {
    return wrong("its schema is not 1; it was written for another version of Octavo").at("recipe");
  }
  const auto place = [&](const std::string& name) {
    const std::string line = place_in(line_of_key(json, name));
    return "recipe" + (line.empty() ? "" : ", " + line);
  };
  std::map<std::string, std::string> given;  // key -> its name in the file
  for (const auto& item : object.items()) {
    const std::string& name = item.key();
    if (name == "schema") continue;
    if (!find_key(name)) return unknown_key(name, place(name));
    const auto [other, is_new] = given.emplace(canonical(name), name);
    if (is_new) continue;
    return wrong("'" + name + "' and '" + other->second + "' say the same").at(place(name));
  }
  RecipeFile recipe = base;
  for (const Key& key : keys()) {  // in the table's order: presets come before what refines them
    const auto found = given.find(key.shown.key);
    if (found == given.end() || object[found->second].is_null()) continue;
    OCTAVO_RETURN_IF_ERROR(key.set(recipe, object[found->second])
                               .at(place(found->second) + ", key '" + found->second + "'"));
  }
  OCTAVO_RETURN_IF_ERROR(validate(recipe.recipe).at("recipe"));
  return recipe;
}

std::string recipe_to_json(const RecipeFile& recipe, int indent) {
  OrderedJson object = {{"schema", 1}};
  for (const Key& key : keys()) {
    if (!recipe.is_preset_given && is_of_preset(key)) continue;  // it stays the default
    const Json value = key.get(recipe);
    if (!value.is_null()) object[key.shown.key] = value;
  }
  return dump_json(object, indent);
}

std::string wishes_to_json(const RecipeFile& recipe) {
  OrderedJson object = {{"schema", 1}};
  for (const Key& key : keys()) {
    const Json value = key.get(recipe);
    const bool given = recipe.is_preset_given && is_of_preset(key);
    if (!value.is_null() && (given || value != key.get(default_recipe()))) {
      object[key.shown.key] = value;
    }
  }
  return dump_json(object, -1);
}

Status set_from_flag(RecipeFile& recipe, const std::string& key_name, const std::string& text) {
  const Key* key = find_key(key_name);
  if (!key) return unknown_key(key_name);
  Json value = json_from_flag(text);
  if (*key->shown.value == '\0') value = text != "false";
  if (key->shown.repeatable) {  // names may look like numbers
    const bool anew = key->is_choice && !recipe.is_preset_given;
    value = anew ? Json::array() : key->get(recipe);
    if (value.is_object()) {  // NAME=VALUE
      const size_t mark = std::min(text.rfind('='), text.size());
      value[text.substr(0, mark)] = json_from_flag(text.substr(std::min(mark + 1, text.size())));
    } else {
      value.push_back(text);
    }
  }
  return key->set(recipe, value).at(key->shown.flag);
}

}  // namespace octavo
