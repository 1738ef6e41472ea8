// ncnn's calibration table (tools/quantize/ncnn2table.cpp writes it, ncnn2int8.cpp reads it): first
// the scales of weights, LAYER_param_0 with one for each output channel, then LAYER with that of
// its input. A scale is what floats are multiplied by, 127 / threshold; there is no zero point.
// As there: fields between blanks, an empty line ends the table, and a # before a name makes it one
// that no layer has.
#include <cmath>
#include <cstdio>

#include "engine/ranges/formats.h"
#include "engine/ranges/lines.h"

namespace octavo {
namespace {

constexpr size_t kLongestName = 255;
constexpr size_t kLongestLine = 10'240'000;
constexpr std::string_view kWeights = "_param_";
constexpr std::string_view kFirstWeights = "_param_0";
constexpr float kMost = 127;

Result<std::vector<float>> scales_in(std::span<const std::string_view> fields, int line) {
  std::vector<float> scales;
  for (const std::string_view field : fields) {
    const auto x = number_in(field);
    const auto scale = static_cast<float>(x.value_or(0));
    // The threshold that it stands for must be a float, too.
    if (!(scale > 0) || !std::isfinite(scale) || !std::isfinite(kMost / scale)) {
      return wrong_line(
          line, "'" + std::string(field.substr(0, 40)) + "' is no scale: wants numbers above 0");
    }
    scales.push_back(scale);
  }
  if (scales.empty()) return wrong_line(line, "wants a scale after the name of the layer");
  return scales;
}

Status read_line(std::string_view line, int number, RangeFile& file) {
  if (line.size() > kLongestLine) return wrong_line(number, "is longer than ncnn reads");
  const std::vector<std::string_view> fields = fields_of(line);
  const std::string name(fields[0]);
  if (name.size() > kLongestName) {
    return wrong_line(number, "has a name of more than 255 characters");
  }
  OCTAVO_ASSIGN_OR_RETURN(std::vector<float> scales,
                          scales_in(std::span(fields).subspan(1), number));
  if (name.front() == '#') return {};
  if (name.find(kWeights) == std::string::npos) {
    if (scales.size() > 1) return wrong_line(number, "an input has one scale, not several");
    const float threshold = kMost / scales[0];
    file.inputs.push_back({name, {-threshold, threshold}, number});
  } else if (name.ends_with(kFirstWeights)) {
    const std::string layer = name.substr(0, name.size() - kFirstWeights.size());
    file.weights.push_back({layer, std::move(scales), number});
  } else {
    file.warnings.push_back("line " + std::to_string(number) + ", '" + name +
                            "', is not used: only _param_0 of convolutions and products is");
  }
  return {};
}

std::string number(float x) {
  char text[64];
  std::snprintf(text, sizeof text, "%f ", static_cast<double>(x));
  return text;
}

}  // namespace

bool is_ncnn(std::string_view) { return true; }

Result<RangeFile> read_ncnn(const std::string& text) {
  RangeFile file;
  Lines lines(text);
  while (const auto line = lines.next()) {
    if (trimmed(*line).empty()) break;
    OCTAVO_RETURN_IF_ERROR(read_line(*line, lines.number(), file));
  }
  return file;
}

std::string write_ncnn(const RangeFile& file) {
  std::string text;
  for (const NamedScales& weights : file.weights) {
    text += weights.layer + std::string(kFirstWeights) + " ";
    for (const float scale : weights.scales) text += number(scale);
    text += "\n";
  }
  for (const NamedRange& input : file.inputs) {
    const float threshold = std::fmax(-input.range.min, input.range.max);
    // Of nothing but zeros any scale will do; ncnn2table would divide by 0.
    text += input.name + " " + number(threshold > 0 ? kMost / threshold : 1) + "\n";
  }
  return text;
}

}  // namespace octavo
