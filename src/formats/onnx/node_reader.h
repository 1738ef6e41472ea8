// NodeProto -> Node, as far as that goes without its graph: names instead of ids, subgraphs unread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "formats/onnx/tensor_reader.h"
#include "formats/onnx/wire.h"
#include "graph/graph.h"

namespace octavo::onnx {

// What the reading of one model shares.
struct ReadContext {
  WireReader& wire;
  TensorReader& tensors;
  int64_t opset = 0;  // of the default domain
  std::vector<std::string> warnings = {};
  bool has_half = false;  // an input or output of half precision was met
};

struct RawNode {
  Node node;  // op_type, domain, name, attributes
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<std::pair<std::string, Extent>> subgraphs;  // attribute and GraphProto
};

Result<RawNode> read_node(ReadContext& context, Extent message);

// The tensor that a Constant holds, in whichever of its attributes.
Result<ConstantPtr> constant_of(const Node& node);

}  // namespace octavo::onnx
