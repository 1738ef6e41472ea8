#include <algorithm>

#include "engine/ranges/formats.h"
#include "engine/ranges/lines.h"
#include "quant/nearest_word.h"

namespace octavo {

// The first that matches reads: ncnn's table has no mark of its own.
std::span<const RangeFormat> range_formats() {
  static constexpr RangeFormat kFormats[] = {
      {"flatbuffers", "ONNX Runtime's calibration.flatbuffers, magnitudes for TensorRT",
       is_flatbuffers, read_flatbuffers, write_flatbuffers},
      {"onnxruntime", "ONNX Runtime's calibration.json", is_onnxruntime, read_onnxruntime,
       write_onnxruntime},
      {"mace_log", "MACE's log of ranges, a line each value and sample", is_mace_log, read_mace_log,
       write_mace_log},
      {"mace", "MACE's overall_range", is_mace, read_mace, write_mace},
      {"tensorrt", "magnitudes for TensorRT, ONNX Runtime's calibration.cache", is_tensorrt,
       read_tensorrt, write_tensorrt},
      {"ncnn", "ncnn's calibration table", is_ncnn, read_ncnn, write_ncnn},
  };
  return kFormats;
}

Result<const RangeFormat*> find_range_format(const std::string& name) {
  std::vector<std::string> known;
  for (const RangeFormat& format : range_formats()) {
    if (name == format.name) return &format;
    known.emplace_back(format.name);
  }
  return Status(ErrorCode::kInvalidArgument, "there is no format of ranges '" + name +
                                                 "'; did you mean '" + nearest_word(name, known) +
                                                 "'?");
}

std::string summary_of(const RangeFile& file, const RangeFormat& format) {
  std::string text = std::string("  format       ") + format.description + "\n  ranges       " +
                     std::to_string(file.values.size()) + "\n";
  const auto width = [](const NamedRange& value) { return value.range.max - value.range.min; };
  const auto widest = std::ranges::max_element(file.values, {}, width);
  if (widest == file.values.end()) return text;
  return text + "  widest       '" + widest->name + "', " + text_of(widest->range.min) + " to " +
         text_of(widest->range.max) + "\n";
}

Result<RangeFile> read_range_file(const std::string& text) {
  if (text.size() > kMostRangeBytes) {
    return Status(ErrorCode::kInvalidArgument, "is larger than the " +
                                                   std::to_string(kMostRangeBytes >> 20) +
                                                   " MB that a file of ranges may have");
  }
  for (const RangeFormat& format : range_formats()) {
    if (!format.matches(text)) continue;
    OCTAVO_ASSIGN_OR_RETURN(RangeFile file, format.read(text));
    if (file.values.empty() && file.inputs.empty() && file.weights.empty()) break;
    file.format = format.name;
    return file;
  }
  return Status(
      ErrorCode::kInvalidArgument,
      "holds no ranges: neither MACE's (NAME@@MIN,MAX), nor an ncnn table (LAYER SCALE), "
      "nor ONNX Runtime's calibration.json, calibration.cache or calibration.flatbuffers");
}

}  // namespace octavo
