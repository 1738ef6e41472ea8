#include "engine/ranges/match_ranges.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/ranges/layers.h"
#include "engine/ranges/lines.h"
#include "quant/compute_layout.h"
#include "quant/nearest_word.h"

namespace octavo {
namespace {

constexpr size_t kNamesShown = 5;

class Matcher {
 public:
  explicit Matcher(const Graph& graph) : graph_(graph) {
    for (NodeId id : graph.live_nodes()) {
      const Node& node = graph.node(id);
      if (node.outputs.empty() || node.outputs[0] == kNoValue) continue;
      nodes_.emplace(graph.value(node.outputs[0]).name, id);
      if (!node.name.empty()) nodes_.emplace(node.name, id);
    }
  }

  Result<MatchedRanges> match(const RangeFile& file) {
    for (const NamedRange& value : file.values) match_value(value, file.format);
    for (const NamedRange& input : file.inputs) match_input(input, file.format);
    for (const NamedScales& weights : file.weights) {
      OCTAVO_RETURN_IF_ERROR(match_weights(weights, file.format));
    }
    if (matched_.ranges.empty()) {
      return Status(ErrorCode::kInvalidArgument,
                    "none of its names is one of the model's: " + unknown_names());
    }
    matched_.warnings = file.warnings;
    if (!unknown_.empty()) matched_.warnings.push_back("not in the model: " + unknown_names());
    if (!file.inputs.empty() || !file.weights.empty()) leave_out_others();
    return std::move(matched_);
  }

 private:
  ValueId find_value(const std::string& name) const {
    const ValueId id = graph_.find_value(name);
    if (id != kNoValue && !graph_.is_constant(id)) return id;
    const auto node = nodes_.find(name);
    if (node != nodes_.end()) return graph_.node(node->second).outputs[0];
    if (name.ends_with(":0")) return find_value(name.substr(0, name.size() - 2));
    return kNoValue;
  }

  const Node* find_layer(const std::string& name) const {
    const auto found = nodes_.find(name);
    if (found == nodes_.end()) return nullptr;
    const Node& node = graph_.node(found->second);
    return is_layer(graph_, node) ? &node : nullptr;
  }

  void match_value(const NamedRange& value, const std::string& format) {
    const ValueId id = find_value(value.name);
    if (id == kNoValue) return not_known(value.name, true);
    matched_.ranges[graph_.value(id).name] = {value.range, 0, format};
  }

  void match_input(const NamedRange& input, const std::string& format) {
    const Node* layer = find_layer(input.name);
    if (!layer) return not_known(input.name, false);
    named_.insert(layer);
    // Layers that share their input may want different scales of it; here it has one: the widest.
    const std::string& name = graph_.value(layer->inputs[0]).name;
    ValueRange& range = matched_.ranges.emplace(name, ValueRange{{}, 0, format}).first->second;
    range.range = {std::min(range.range.min, input.range.min),
                   std::max(range.range.max, input.range.max)};
  }

  Status match_weights(const NamedScales& weights, const std::string& format) {
    const Node* layer = find_layer(weights.layer);
    if (!layer) return not_known(weights.layer, false), Status();
    const auto channels = static_cast<size_t>(compute_layout(graph_, *layer)->channels);
    const size_t count = weights.scales.size();
    if (count != 1 && channels % count != 0) {
      return wrong_line(weights.line, "'" + weights.layer + "' has " + std::to_string(channels) +
                                          " output channels, not " + std::to_string(count));
    }
    ValueRange range{{}, 0, format};
    for (size_t i = 0; i < (count == 1 ? 1 : channels); ++i) {
      const float scale = weights.scales[i * count / channels];
      range.magnitudes.push_back(static_cast<float>(kWeightSteps / static_cast<double>(scale)));
    }
    matched_.ranges[graph_.value(layer->inputs[1]).name] = std::move(range);
    return {};
  }

  void leave_out_others() {
    for (NodeId id : graph_.live_nodes()) {
      const Node& node = graph_.node(id);
      if (!is_layer(graph_, node) || named_.count(&node)) continue;
      matched_.exclude.push_back(layer_name(graph_, node));
    }
  }

  void not_known(const std::string& name, bool is_value) {
    if (seen_.insert(name).second) unknown_.push_back({name, is_value});
  }

  // A few of them, each with the name that it may be meant for.
  std::string unknown_names() const {
    std::string text;
    for (size_t i = 0; i < std::min(unknown_.size(), kNamesShown); ++i) {
      const auto& [name, is_value] = unknown_[i];
      const std::string shown = name.substr(0, 100);
      text += (i > 0 ? ", '" : "'") + shown + "'";
      const std::string near = nearest_word(shown, is_value ? value_names() : layer_names());
      if (!near.empty()) text += " (did you mean '" + near + "'?)";
    }
    if (unknown_.size() > kNamesShown) {
      text += " and " + std::to_string(unknown_.size() - kNamesShown) + " more";
    }
    return text;
  }

  std::vector<std::string> value_names() const {
    const Result<std::vector<std::string>> names = values_in_order(graph_);
    return names.ok() ? *names : std::vector<std::string>();
  }

  std::vector<std::string> layer_names() const {
    std::vector<std::string> names;
    for (NodeId id : graph_.live_nodes()) {
      const Node& node = graph_.node(id);
      if (is_layer(graph_, node)) names.push_back(layer_name(graph_, node));
    }
    return names;
  }

  struct Unknown {
    std::string name;
    bool is_value;  // or a layer
  };

  const Graph& graph_;
  std::map<std::string, NodeId> nodes_;  // by their names and those of their first outputs
  MatchedRanges matched_;
  std::set<const Node*> named_;  // layers whose input the file tells
  std::vector<Unknown> unknown_;
  std::set<std::string> seen_;
};

}  // namespace

Result<MatchedRanges> match_ranges(const RangeFile& file, const Graph& graph) {
  return Matcher(graph).match(file);
}

}  // namespace octavo
