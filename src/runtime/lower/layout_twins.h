// Values of a graph in two layouts: (N, C, H, W), which the model speaks, and (N, H, W, C), in
// which convolutions run. A value that a convolution makes is changed in place, and keeps its name;
// where one is needed in the other layout it gets a twin, made once.
#pragma once

#include <array>
#include <map>

#include "graph/graph.h"

namespace octavo {

constexpr std::array<int64_t, 4> kToLast = {0, 2, 3, 1};   // perm of a Transpose to (N, H, W, C)
constexpr std::array<int64_t, 4> kToFirst = {0, 3, 1, 2};  // and back

// Where axis 0..3 of (N, C, H, W) is found in (N, H, W, C).
inline int64_t last_axis(int64_t axis) { return kToFirst[static_cast<size_t>(axis)]; }

class LayoutTwins {
 public:
  explicit LayoutTwins(Graph& graph) : graph_(graph) {}

  bool is_last(ValueId id) const { return id != kNoValue && graph_.value(id).channels_last; }
  // Four known dimensions: only such values change their layout.
  bool is_image(ValueId id) const;

  // The value as (N, H, W, C). It must be an image, or a constant that is broadcast to one.
  ValueId last(ValueId id);
  ValueId first(ValueId id);
  // From now on the node makes its output i as (N, H, W, C). A graph output stays as it is, behind
  // a Transpose.
  void make_output_last(NodeId node, size_t i);

 private:
  ValueId last_constant(const Value& value);
  ValueId add_twin(ValueId of, const Shape& shape, bool channels_last);
  void add_conversion(ValueId from, ValueId to);

  Graph& graph_;
  std::map<ValueId, ValueId> last_of_;
  std::map<ValueId, ValueId> first_of_;
};

Shape last_shape(const Shape& first);
Shape first_shape(const Shape& last);

}  // namespace octavo
