// Ranges for TensorRT, whose integers are symmetric: one magnitude a value. Two forms:
//
//   NAME MAGNITUDE                  ONNX Runtime's calibration.cache, as write_calibration_table of
//                                   onnxruntime/python/tools/quantization/quant_utils.py writes it
//   TRT-8401-EntropyCalibration2    TensorRT's own: a line that says so, then the scale of each
//   NAME: 3c010a14                  value, magnitude / 127, as the eight hex digits of a float32
//
// ONNX Runtime's form has the larger of both ends, and so of values that are nowhere positive the
// one nearer to 0; here it is the larger magnitude. An ncnn table looks alike, but never comes
// without its scales of weights, LAYER_param_0.
#include <bit>
#include <charconv>
#include <cmath>

#include "engine/ranges/formats.h"
#include "engine/ranges/lines.h"

namespace octavo {
namespace {

constexpr std::string_view kOwn = "TRT-";
constexpr std::string_view kOfNcnn = "_param_";
constexpr float kMost = 127;

struct Field {
  std::string_view name, value;
};

// What stands before and behind the last `mark`.
std::optional<Field> field_of(std::string_view line, char mark) {
  const size_t at = line.rfind(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const Field field{trimmed(line.substr(0, at)), trimmed(line.substr(at + 1))};
  return field.name.empty() || field.value.empty() ? std::nullopt : std::optional(field);
}

std::optional<float> scale_in(std::string_view hex) {
  uint32_t bits = 0;
  const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), bits, 16);
  if (hex.size() != 8 || error != std::errc() || end != hex.data() + hex.size()) return {};
  return std::bit_cast<float>(bits);
}

std::optional<float> magnitude_in(const Field& field, bool own) {
  if (own) {
    const auto scale = scale_in(field.value);
    return scale ? std::optional(*scale * kMost) : std::nullopt;
  }
  const auto number = number_in(field.value);
  return number ? std::optional(static_cast<float>(*number)) : std::nullopt;
}

}  // namespace

float magnitude_of(const Range& range) {
  return std::fmax(std::fabs(range.min), std::fabs(range.max));
}

bool is_tensorrt(std::string_view text) {
  if (text.starts_with(kOwn)) return true;
  if (text.find(kOfNcnn) != std::string_view::npos) return false;
  bool any = false;
  Lines lines(text);
  while (const auto line = lines.next()) {
    if (trimmed(*line).empty()) continue;
    if (!field_of(trimmed(*line), ' ')) return false;
    any = true;
  }
  return any;
}

Result<RangeFile> read_tensorrt(const std::string& text) {
  const bool own = text.starts_with(kOwn);
  RangeFile file;
  Lines lines(text);
  if (own) lines.next();
  while (const auto line = lines.next()) {
    if (trimmed(*line).empty()) continue;
    const auto field = field_of(trimmed(*line), own ? ':' : ' ');
    const auto magnitude = field ? magnitude_in(*field, own) : std::nullopt;
    if (!magnitude || !std::isfinite(*magnitude)) {
      return wrong_line(lines.number(),
                        own ? "wants NAME: and the eight hex digits of a finite float32"
                            : "wants NAME and a finite number, its magnitude");
    }
    if (field->name.size() > kLongestName) {
      return wrong_line(lines.number(),
                        "has a name of more than " + std::to_string(kLongestName) + " characters");
    }
    const float most = std::fabs(*magnitude);
    file.values.push_back({std::string(field->name), {-most, most}, lines.number()});
  }
  return file;
}

std::string write_tensorrt(const RangeFile& file) {
  std::string text;
  for (const NamedRange& value : file.values) {
    text += value.name + " " + text_of(magnitude_of(value.range)) + "\n";
  }
  return text;
}

}  // namespace octavo
