// ONNX files.
#pragma once

#include "formats/format.h"

namespace octavo::onnx {

bool match(const ByteSource& source);
Result<Model> read(std::shared_ptr<const ByteSource> source, const ReadOptions& options);

}  // namespace octavo::onnx
