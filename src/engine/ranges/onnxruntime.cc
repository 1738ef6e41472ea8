// ONNX Runtime's calibration.json, as write_calibration_table of
// onnxruntime/python/tools/quantization/quant_utils.py writes it. Versions differ: a range is
// [lowest, highest], or an object of numbers or of numpy arrays, alone or under "data".
#include <cmath>

#include "engine/json.h"
#include "engine/ranges/formats.h"
#include "engine/ranges/lines.h"

namespace octavo {
namespace {

const Json* find(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? &*found : nullptr;
}

// 1.5, [1.5] and {"data": 1.5, "dtype": "float32", "CLS": "numpy.array"} are the same number.
std::optional<float> number_of(const Json& json) {
  if (const Json* data = find(json, "data")) return number_of(*data);
  if (json.is_array() && json.size() == 1) return number_of(json[0]);
  if (!json.is_number()) return std::nullopt;
  const auto x = static_cast<float>(json.get<double>());
  return std::isfinite(x) ? std::optional(x) : std::nullopt;
}

std::optional<Range> range_of(const Json& json) {
  const Json* lowest = find(json, "lowest");
  const Json* highest = find(json, "highest");
  if (json.is_array() && json.size() >= 2) lowest = &json[0], highest = &json[1];
  const auto min = lowest ? number_of(*lowest) : std::nullopt;
  const auto max = highest ? number_of(*highest) : std::nullopt;
  if (!min || !max || *min > *max) return std::nullopt;
  return Range{*min, *max};
}

OrderedJson array_of(float x) {
  return {{"data", static_cast<double>(x)}, {"dtype", "float32"}, {"CLS", "numpy.array"}};
}

}  // namespace

bool is_onnxruntime(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

Result<RangeFile> read_onnxruntime(const std::string& text) {
  OCTAVO_ASSIGN_OR_RETURN(const Json json, parse_json(text, ""));
  const Json* data = find(json, "data");
  const bool wrapped = data && data->is_object();
  RangeFile file;
  for (const auto& [name, value] : (wrapped ? *data : json).items()) {
    if (!wrapped && (name == "CLS" || name == "calibration_method")) continue;
    const std::optional<Range> range = range_of(value);
    if (!range) {
      return wrong_line(line_of_key(text, name),
                        "'" + name + "' wants a lowest and a highest finite number");
    }
    file.values.push_back({name, *range});
  }
  return file;
}

std::string write_onnxruntime(const RangeFile& file) {
  OrderedJson data = OrderedJson::object();
  for (const NamedRange& value : file.values) {
    data[value.name] = {{"lowest", array_of(value.range.min)},
                        {"highest", array_of(value.range.max)},
                        {"CLS", "TensorData"}};
  }
  const OrderedJson method = {{"CLS", "CalibrationMethod"}, {"value", "CalibrationMethod.MinMax"}};
  return dump_json({{"CLS", "TensorsData"}, {"data", data}, {"calibration_method", method}}) + "\n";
}

}  // namespace octavo
