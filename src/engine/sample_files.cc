#include "engine/sample_files.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "engine/json_values.h"
#include "engine/npy.h"
#include "engine/text_array.h"

namespace octavo {
namespace {

constexpr const char* kAbout = "input.json";

// What input.json tells of an input.
struct About {
  std::optional<Shape> shape;
  std::optional<double> value;  // of all elements
};

Status wrong(const std::string& what) { return {ErrorCode::kCalibrationData, what}; }

std::string file_name_of(std::string input) {
  for (char& c : input) c = c == '/' || c == '\\' || c == ':' ? '_' : c;
  return input;
}

std::string_view text_of(const SampleFile& file) {
  return {reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size()};
}

Result<Shape> shape_of(const Value& input, const About& about) {
  if (about.shape) return *about.shape;
  if (input.shape) return *input.shape;
  return wrong("the model tells no shape of '" + input.name + "': tell it in " + kAbout);
}

Result<Tensor> read(const SampleFile& file, const Value& input, const About& about) {
  if (file.name.ends_with(".npy")) {
    Result<Tensor> array = read_npy(file.bytes);
    return array.ok() ? std::move(array) : wrong(array.status().message());
  }
  OCTAVO_ASSIGN_OR_RETURN(const Shape shape, shape_of(input, about));
  return read_text_array(text_of(file), input.dtype, shape);
}

Result<Tensor> filled(const Value& input, const About& about) {
  OCTAVO_ASSIGN_OR_RETURN(const Shape shape, shape_of(input, about));
  return filled_array(*about.value, input.dtype, shape);
}

Result<About> about_input(const Json& j) {
  About about;
  if (j.contains("shape")) {
    if (!j["shape"].is_array()) return wrong("wants a list of dimensions as 'shape'");
    std::vector<int64_t> dims;
    for (const Json& dim : j["shape"]) {
      OCTAVO_ASSIGN_OR_RETURN(const int64_t size, as_int(dim, 0, INT32_MAX));
      dims.push_back(size);
    }
    about.shape = Shape(std::move(dims));
  }
  if (j.contains("value")) {
    OCTAVO_ASSIGN_OR_RETURN(about.value, as_number(j["value"]));
  }
  return about;
}

// The errors of what reads JSON are those of a sample here.
Status of_sample(const Status& status) {
  return {ErrorCode::kCalibrationData, status.message(), status.where()};
}

Result<std::map<std::string, About>> read_about(std::span<const SampleFile> files) {
  std::map<std::string, About> all;
  const auto file = std::ranges::find(files, kAbout, &SampleFile::name);
  if (file == files.end()) return all;
  OCTAVO_ASSIGN_OR_RETURN(const Json json, parse_json(std::string(text_of(*file)), ""));
  const Json inputs = json.is_object() && json.contains("inputs") ? json["inputs"] : Json();
  if (!inputs.is_array()) return wrong("wants {\"inputs\": [{\"name\": NAME, \"shape\": [...]}]}");
  for (const Json& input : inputs) {
    if (!input.is_object() || !input.contains("name")) return wrong("wants a name for each input");
    OCTAVO_ASSIGN_OR_RETURN(const std::string name, as_text(input["name"]));
    Result<About> about = about_input(input);
    if (!about.ok()) return about.status().at("'" + name.substr(0, 100) + "'");
    all[name] = *std::move(about);
  }
  return all;
}

Result<Tensor> array_for(std::span<const SampleFile> files, const Value& input,
                         const About& about) {
  const std::string name = file_name_of(input.name);
  for (const SampleFile& file : files) {
    if (file.name != name + ".npy" && file.name != name + ".txt") continue;
    Result<Tensor> array = read(file, input, about);
    return array.ok() ? std::move(array) : array.status().at(file.name);
  }
  if (!about.value) {
    return wrong("it has no file for the input '" + input.name + "': " + name + ".npy or " + name +
                 ".txt");
  }
  Result<Tensor> array = filled(input, about);
  return array.ok() ? std::move(array) : array.status().at(kAbout);
}

}  // namespace

std::vector<std::string> samples_among(const std::vector<std::string>& files, const Graph& graph) {
  std::set<std::string> telling = {kAbout};
  for (const ValueId id : graph.inputs) {
    if (graph.inputs.size() == 1) break;
    for (const char* ending : {".npy", ".txt"}) {
      telling.insert(file_name_of(graph.value(id).name) + ending);
    }
  }
  const auto folder_of = [](const std::string& path) {
    return path.substr(0, std::min(path.rfind('/'), path.size()));
  };
  std::map<std::string, bool> folders;  // -> whether it is told already
  for (const std::string& file : files) {
    const std::string folder = folder_of(file);
    if (folder != file && telling.contains(file.substr(folder.size() + 1))) folders[folder] = false;
  }
  std::vector<std::string> samples;
  for (const std::string& file : files) {
    const auto folder = folders.find(folder_of(file));
    if (folder == folders.end()) {
      samples.push_back(file);
    } else if (!std::exchange(folder->second, true)) {
      samples.push_back(folder->first);
    }
  }
  return samples;
}

Result<std::vector<Tensor>> arrays_of(std::span<const SampleFile> files,
                                      std::span<const Value> inputs) {
  auto about = read_about(files);
  if (!about.ok()) return of_sample(about.status()).at(kAbout);
  std::vector<Tensor> arrays;
  for (const Value& input : inputs) {
    OCTAVO_ASSIGN_OR_RETURN(Tensor array, array_for(files, input, (*about)[input.name]));
    arrays.push_back(std::move(array));
  }
  return arrays;
}

}  // namespace octavo
