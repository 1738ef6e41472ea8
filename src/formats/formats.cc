#include <algorithm>

#include "formats/format.h"
#include "formats/look_alike.h"
#include "formats/onnx/reader.h"
#include "formats/onnx/writer.h"

namespace octavo {
namespace {

constexpr Format kFormats[] = {
    {"onnx", ".onnx", onnx::match, onnx::read, onnx::write},
};

}  // namespace

std::span<const Format> formats() { return kFormats; }

const Format* find_format(std::string_view name) {
  const auto found = std::find_if(std::begin(kFormats), std::end(kFormats),
                                  [name](const Format& format) { return format.name == name; });
  return found == std::end(kFormats) ? nullptr : found;
}

Result<Model> read_model(std::shared_ptr<const ByteSource> source, const ReadOptions& options) {
  for (const Format& format : kFormats) {
    if (format.match(*source)) return format.read(std::move(source), options);
  }
  OCTAVO_ASSIGN_OR_RETURN(const std::string guess, look_alike(*source));
  return Status(ErrorCode::kModelUnreadable, "not a model that Octavo reads (ONNX): " + guess);
}

}  // namespace octavo
