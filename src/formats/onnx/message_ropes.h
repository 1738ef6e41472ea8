// Constants and attributes as ropes.
#pragma once

#include <string>

#include "formats/onnx/rope.h"
#include "graph/graph.h"

namespace octavo::onnx {

Rope constant_rope(const std::string& name, const Constant& constant);
// A graph's own message is left to the caller.
Rope attribute_rope(const std::string& name, const Attribute& value);

}  // namespace octavo::onnx
