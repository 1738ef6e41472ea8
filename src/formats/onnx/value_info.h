// ValueInfoProto <-> Value: name, element type, dimensions.
#pragma once

#include <string>

#include "formats/onnx/node_reader.h"
#include "formats/onnx/rope.h"
#include "graph/graph.h"

namespace octavo::onnx {

// `what` is for people: "an input".
Result<Value> read_value(ReadContext& context, Extent message, const char* what);
Rope value_rope(const std::string& name, const Value& value);

}  // namespace octavo::onnx
