// The functions of each format, for the list in range_formats.cc.
#pragma once

#include "engine/ranges/range_file.h"

namespace octavo {

constexpr size_t kLongestName = 4096;

// What integers that are symmetric about 0 must hold.
float magnitude_of(const Range& range);

bool is_flatbuffers(std::string_view text);
Result<RangeFile> read_flatbuffers(const std::string& text);
std::string write_flatbuffers(const RangeFile& file);

bool is_mace(std::string_view text);
Result<RangeFile> read_mace(const std::string& text);
std::string write_mace(const RangeFile& file);

bool is_mace_log(std::string_view text);
Result<RangeFile> read_mace_log(const std::string& text);
std::string write_mace_log(const RangeFile& file);

bool is_ncnn(std::string_view text);
Result<RangeFile> read_ncnn(const std::string& text);
std::string write_ncnn(const RangeFile& file);

bool is_tensorrt(std::string_view text);
Result<RangeFile> read_tensorrt(const std::string& text);
std::string write_tensorrt(const RangeFile& file);

bool is_onnxruntime(std::string_view text);
Result<RangeFile> read_onnxruntime(const std::string& text);
std::string write_onnxruntime(const RangeFile& file);

}  // namespace octavo
