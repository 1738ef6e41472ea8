#pragma once

#include "formats/format.h"

namespace octavo::onnx {

// The same model gives the same bytes on every platform. Weights go to the sink from where they
// are.
Result<uint64_t> write(const Model& model, const ByteSink& sink);

}  // namespace octavo::onnx
