// Any text as a file of ranges: what was read survives being written, and being matched with a
// graph.
#include <cstdlib>

#include "engine/ranges/given_ranges.h"
#include "engine/ranges/match_ranges.h"

namespace {

// x -> Conv(w) "y", of 2 channels
octavo::Graph one_conv() {
  using namespace octavo;
  Graph graph;
  Value x, y;
  x.name = "x", y.name = "y";
  x.shape = Shape{1, 1, 2, 2}, y.shape = Shape{1, 2, 2, 2};
  const ValueId input = graph.add_value(x), output = graph.add_value(y);
  graph.inputs = {input};
  graph.outputs = {output};
  Node conv;
  conv.op = Op::kConv;
  conv.op_type = conv.name = "Conv";
  conv.inputs = {
      input, graph.add_constant("w", Tensor::from(std::vector<float>{1, -2}, Shape{2, 1, 1, 1}))};
  conv.outputs = {output};
  graph.add_node(conv);
  return graph;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const octavo::Graph graph = one_conv();
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto file = octavo::read_range_file(text);
  if (!file.ok()) return 0;
  const std::string written = (*octavo::find_range_format(file->format))->write(*file);
  const auto again = octavo::read_range_file(written);
  const bool marked = file->format != "ncnn" && file->format != "tensorrt";  // by itself
  if (marked && (!again.ok() || again->values.size() != file->values.size())) {
    std::abort();
  }
  const auto given = octavo::given_ranges(graph, {}, text);
  if (given.ok()) (void)octavo::range_file_of(graph, given->calibration.ranges, {});
  return 0;
}
