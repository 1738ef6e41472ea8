//   x -> Pad(0) -> Conv(pads)  -> y
//   x -> Conv(pads + Pad's)    -> y
//
// Not when Pad fills with something other than 0, crops, or pads batch or channels; not when the
// Conv chooses its pads itself (auto_pad SAME_*), or when somebody else sees the padded values.
#include <algorithm>
#include <numeric>

#include "passes/pass_list.h"
#include "passes/rewrite.h"

namespace octavo {
namespace {

bool fills_with_zero(const Graph& graph, const Node& pad) {
  if (pad.attrs.get_string("mode", "constant") != "constant") return false;
  const ValueId id = input_or_none(pad, 2);
  if (id == kNoValue) return true;
  const auto value = float_constant(graph, id);
  return value && value->size() == 1 && value->front() == 0.0f;
}

// Begin and end of each of `rank` axes, as Conv's attribute has them but for batch and channels;
// nullopt where these are padded too, or where anything is cropped.
std::optional<std::vector<int64_t>> spatial_pads(const Graph& graph, const Node& pad, size_t rank) {
  const Tensor* pads = graph.held_constant(pad.inputs[1]);
  const Tensor* named = graph.held_constant(input_or_none(pad, 3));
  if (!pads || (input_or_none(pad, 3) != kNoValue && !named)) return std::nullopt;
  const std::vector<int64_t> amounts = pads->integers();
  std::vector<int64_t> axes(rank);
  std::iota(axes.begin(), axes.end(), 0);
  if (named) axes = named->integers();
  if (amounts.size() != 2 * axes.size()) return std::nullopt;

  std::vector<int64_t> result(2 * (rank - 2), 0);
  for (size_t i = 0; i < amounts.size(); ++i) {
    const auto axis = resolve_axis(axes[i % axes.size()], static_cast<int>(rank));
    if (amounts[i] == 0) continue;
    if (!axis || *axis < 2 || amounts[i] < 0) return std::nullopt;
    const size_t half = i < axes.size() ? 0 : rank - 2;
    result[half + static_cast<size_t>(*axis) - 2] = amounts[i];
  }
  return result;
}

// Pads that the Conv has by itself; nullopt where it chooses them by the input.
std::optional<std::vector<int64_t>> own_pads(const Node& conv, size_t count) {
  const std::string mode = conv.attrs.get_string("auto_pad", "NOTSET");
  std::vector<int64_t> pads(count, 0);
  if (mode == "VALID") return pads;
  if (mode != "NOTSET" && !mode.empty()) return std::nullopt;
  pads = conv.attrs.get_ints("pads", pads);
  return pads.size() == count ? std::optional(pads) : std::nullopt;
}

Result<bool> fuse(Graph& graph, NodeId id) {
  const NodeId pad = sole_producer(graph, graph.node(id), 0, Op::kPad);
  const auto& weights = graph.value(graph.node(id).inputs[1]).shape;
  if (pad == kNoNode || !weights || weights->rank() < 3) return false;
  if (!fills_with_zero(graph, graph.node(pad))) return false;
  const auto rank = static_cast<size_t>(weights->rank());
  const auto added = spatial_pads(graph, graph.node(pad), rank);
  auto pads = own_pads(graph.node(id), 2 * (rank - 2));
  if (!added || !pads) return false;
  std::transform(pads->begin(), pads->end(), added->begin(), pads->begin(),
                 [](int64_t a, int64_t b) { return std::clamp(a, int64_t{0}, kMaxElements) + b; });
  graph.node(id).attrs.erase("auto_pad");
  graph.node(id).attrs.set("pads", std::move(*pads));
  const ValueId x = graph.node(pad).inputs[0];
  graph.remove_node(pad);
  graph.set_input(id, 0, x);
  return true;
}

}  // namespace

Result<int> fuse_pad_into_conv(Graph& graph, const PassContext&) {
  return rewrite_each(graph, Op::kConv, fuse);
}

}  // namespace octavo
