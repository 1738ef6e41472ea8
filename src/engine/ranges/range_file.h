// Ranges as the tools of other engines write them down: read without a model, matched with one by
// match_ranges.h. One format a file, in the list of range_formats.cc.
//
//   mace         NAME@@MIN,MAX                       quantize_stat.py's overall_range
//   mace_log     ... Tensor range @@NAME@@MIN,MAX    what a run logs, a line each value and sample
//   ncnn         LAYER SCALE, LAYER_param_0 SCALES   ncnn2table's calibration table
//   tensorrt     NAME MAGNITUDE                      its calibration.cache, and TensorRT's own
//   flatbuffers  the same names and magnitudes       its calibration.flatbuffers
//   onnxruntime  JSON of write_calibration_table     calibration.json
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "quant/range.h"

namespace octavo {

constexpr size_t kMostRangeBytes = size_t{64} << 20;  // of a file

struct NamedRange {
  std::string name;
  Range range;
  int line = 0;  // where it was read; 0: it was not
  bool operator==(const NamedRange&) const = default;
};

// What weights are multiplied by to become int8: one number, or one a group or output channel.
struct NamedScales {
  std::string layer;
  std::vector<float> scales;  // finite, above 0
  int line = 0;
  bool operator==(const NamedScales&) const = default;
};

struct RangeFile {
  std::string format;                // the name of its format
  std::vector<NamedRange> values;    // in the file's order; of a log one a sample
  std::vector<NamedRange> inputs;    // by the layer that reads the value first
  std::vector<NamedScales> weights;  // of layers
  std::vector<std::string> warnings;
};

struct RangeFormat {
  const char* name;
  const char* description;  // one line, for people
  bool (*matches)(std::string_view text);
  // kInvalidArgument with the line and the reason; `format` is filled in by read_range_file.
  Result<RangeFile> (*read)(const std::string& text);
  std::string (*write)(const RangeFile& file);  // whatever of it the format can say
};

std::span<const RangeFormat> range_formats();
// kInvalidArgument names the nearest one.
Result<const RangeFormat*> find_range_format(const std::string& name);

// What was written, in a few lines, for people.
std::string summary_of(const RangeFile& file, const RangeFormat& format);

// By the first format that matches. kInvalidArgument, too, where there is not one line of use.
Result<RangeFile> read_range_file(const std::string& text);

}  // namespace octavo
