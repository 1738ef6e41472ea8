#include "quant/corrections/smooth_places.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "quant/compute_layout.h"
#include "quant/corrections/product_channels.h"

namespace octavo {
namespace {

using Input = SmoothPlace::Input;

// A product whose weights nobody else has, and that adds nothing but a constant bias.
bool is_product(const Graph& graph, const Node& node) {
  if (node.op != Op::kGemm && node.op != Op::kMatMul) return false;
  if (!compute_layout(graph, node) || graph.constant(node.inputs[1])->shape().rank() != 2) {
    return false;
  }
  return node.attrs.get_int("transA", 0) == 0 && node.attrs.get_float("alpha", 1) == 1 &&
         node.attrs.get_float("beta", 1) == 1 && graph.consumers(node.inputs[1]).size() == 1 &&
         !graph.is_output(node.inputs[1]);
}

ProductChannels channels_of(const Graph& graph, const Node& node) {
  return ProductChannels::make(node, graph.constant(node.inputs[1])->shape());
}

class PlaceFinder {
 public:
  PlaceFinder(const Graph& graph, const std::vector<std::string>& fixed)
      : graph_(graph), fixed_(fixed) {}

  bool find(ValueId v, SmoothPlace& place) const {
    if (graph_.consumers(v).empty()) return false;
    for (const NodeId id : graph_.consumers(v)) {
      const Node& node = graph_.node(id);
      if (node.inputs[0] != v || !is_product(graph_, node)) return false;
      const size_t seen = channels_of(graph_, node).seen;
      if (place.features != 0 && seen != place.features) return false;
      place.features = seen;
      place.readers.push_back(id);
    }
    return divide(v, place);
  }

 private:
  // Whether whatever makes the value can take in that its features are divided.
  bool divide(ValueId id, SmoothPlace& place) const {
    const NodeId by = graph_.producer(id);
    if (by == kNoNode || graph_.is_output(id) || is_fixed(id)) return false;
    place.values.push_back(id);
    const Node& node = graph_.node(by);
    switch (node.op) {
      case Op::kLayerNormalization:
        return is_of_features(node) && take({by, 1}, place.divided, place) &&
               (!has_input(node, 2) || take({by, 2}, place.divided, place));
      case Op::kMul:
        return take({by, 0}, place.divided, place) || take({by, 1}, place.divided, place);
      case Op::kDiv:
        return take({by, 1}, place.multiplied, place);
      case Op::kAdd:
      case Op::kSub:
        for (const size_t i : {size_t{0}, size_t{1}}) {
          if (take({by, i}, place.divided, place)) return divide_alone(node.inputs[1 - i], place);
        }
        return false;
      case Op::kRelu:
      case Op::kLeakyRelu:
      case Op::kIdentity:
        return divide_alone(node.inputs[0], place);
      case Op::kGemm:
      case Op::kMatMul:
        place.maker = by;
        return is_product(graph_, node) && channels_of(graph_, node).outputs == place.features &&
               (!has_input(node, 2) || is_vector({by, 2}, place));
      default:
        return false;
    }
  }

  // The same of a value that one node alone reads.
  bool divide_alone(ValueId id, SmoothPlace& place) const {
    return graph_.only_consumer(id) != kNoNode && divide(id, place);
  }

  bool is_fixed(ValueId id) const {
    return std::find(fixed_.begin(), fixed_.end(), graph_.value(id).name) != fixed_.end();
  }

  static bool has_input(const Node& node, size_t i) {
    return i < node.inputs.size() && node.inputs[i] != kNoValue;
  }

  bool is_of_features(const Node& node) const {
    const int64_t axis = node.attrs.get_int("axis", -1);
    const auto& shape = graph_.value(node.inputs[0]).shape;
    return axis == -1 || (shape && axis == shape->rank() - 1);
  }

  bool is_vector(Input at, const SmoothPlace& place) const {
    const Tensor* tensor = graph_.held_constant(graph_.node(at.node).inputs[at.index]);
    if (!tensor || tensor->dtype() != DType::kFloat32 || tensor->shape().rank() == 0) return false;
    const auto features = static_cast<int64_t>(place.features);
    return tensor->count() == features && tensor->shape()[tensor->shape().rank() - 1] == features;
  }

  bool take(Input at, std::vector<Input>& list, const SmoothPlace& place) const {
    if (!is_vector(at, place)) return false;
    list.push_back(at);
    return true;
  }

  const Graph& graph_;
  const std::vector<std::string>& fixed_;
};

// The constant of this input, which nobody else reads from now on.
Value& own_constant(Graph& graph, Input at) {
  const ValueId id = graph.node(at.node).inputs[at.index];
  if (graph.consumers(id).size() > 1 || graph.is_output(id)) {
    const Constant constant = *graph.constant(id);
    const ValueId own = graph.add_constant(graph.value(id).name + "_smooth", constant);
    graph.set_input(at.node, at.index, own);
  }
  return graph.value(graph.node(at.node).inputs[at.index]);
}

void scale_vector(Graph& graph, Input at, const std::vector<int>& exponents, int sign) {
  Value& value = own_constant(graph, at);
  const Tensor& tensor = *value.constant->held();
  std::vector<float> x(tensor.values<float>().begin(), tensor.values<float>().end());
  for (size_t i = 0; i < x.size(); ++i) x[i] = std::ldexp(x[i], sign * exponents[i]);
  value.constant = share(Tensor::from(x, tensor.shape()));
}

void smooth_place(Graph& graph, const SmoothPlace& place, const std::vector<int>& exponents) {
  for (const Input at : place.divided) scale_vector(graph, at, exponents, -1);
  for (const Input at : place.multiplied) scale_vector(graph, at, exponents, 1);
  if (place.maker != kNoNode) {
    const Node& maker = graph.node(place.maker);
    if (maker.inputs.size() > 2 && maker.inputs[2] != kNoValue)
      own_constant(graph, {place.maker, 2});
    scale_product(graph, place.maker, {}, exponents);
  }
  for (const NodeId id : place.readers) scale_product(graph, id, exponents, {});
}

}  // namespace

std::vector<SmoothPlace> find_smooth_places(const Graph& graph,
                                            const std::vector<std::string>& fixed) {
  std::vector<SmoothPlace> places;
  const PlaceFinder finder(graph, fixed);
  for (size_t v = 0; v < graph.value_count(); ++v) {
    SmoothPlace place;
    if (finder.find(static_cast<ValueId>(v), place)) places.push_back(std::move(place));
  }
  return places;
}

ChannelFactors features_of_places(const Graph& graph, const ChannelFactors& features) {
  ChannelFactors places;
  for (const SmoothPlace& place : find_smooth_places(graph, {})) {
    const auto found = features.find(graph.value(place.values[0]).name);
    if (found != features.end()) places.insert(*found);
  }
  return places;
}

Result<ChannelFactors> features_from_places(const Graph& graph, const ChannelFactors& places) {
  ChannelFactors features;
  size_t used = 0;
  for (const SmoothPlace& place : find_smooth_places(graph, {})) {
    const auto found = places.find(graph.value(place.values[0]).name);
    if (found == places.end()) continue;
    const auto& exponents = found->second;
    const bool fits = exponents.size() == place.features &&
                      std::all_of(exponents.begin(), exponents.end(),
                                  [](int e) { return std::abs(e) <= kMostExponent; });
    if (!fits) {
      return Status(ErrorCode::kInvalidArgument,
                    "wants a factor from -8 to 8 for each feature of '" + found->first + "'");
    }
    for (const ValueId id : place.values) features[graph.value(id).name] = exponents;
    ++used;
  }
  if (used < places.size()) {
    return Status(ErrorCode::kInvalidArgument, "factors of features that cannot have them");
  }
  return features;
}

void smooth(Graph& graph, const ChannelFactors& features) {
  if (features.empty()) return;
  for (const SmoothPlace& place : find_smooth_places(graph, {})) {
    const auto found = features.find(graph.value(place.values[0]).name);
    if (found != features.end()) smooth_place(graph, place, found->second);
  }
}

void divide_features(std::vector<float>& values, const std::vector<int>& exponents) {
  if (exponents.empty() || values.size() % exponents.size() != 0) return;
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = std::ldexp(values[i], -exponents[i % exponents.size()]);
  }
}

}  // namespace octavo
