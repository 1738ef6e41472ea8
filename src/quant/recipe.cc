#include "quant/recipe.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "graph/ops.h"
#include "quant/corrections/correction_list.h"
#include "quant/nearest_word.h"
#include "quant/observer.h"
#include "quant/weight_methods.h"

namespace octavo {
namespace {

constexpr size_t kLongestWord = 100;  // mistyped words are compared with known ones up to here

Status unknown_word(const std::string& what, const std::string& word,
                    std::span<const std::string> known) {
  const std::string shown =
      word.size() > kLongestWord ? word.substr(0, kLongestWord) + "..." : word;
  return {ErrorCode::kInvalidArgument, "there is no " + what + " '" + shown + "'; did you mean '" +
                                           nearest_word(shown, known) + "'?"};
}

template <typename List>
std::vector<std::string> names_of(const List& list) {
  std::vector<std::string> names;
  for (const auto& item : list) names.emplace_back(item.name);
  return names;
}

Status check_observer(const Recipe& recipe) {
  if (find_observer(recipe.observer)) return {};
  return unknown_word("observer", recipe.observer, names_of(observers()));
}

// Blocks as ONNX Runtime's MatMulNBits has them.
Status check_weights(const Recipe& recipe) {
  if (!find_weight_method(recipe.weight_method)) {
    return unknown_word("weight method", recipe.weight_method, names_of(weight_methods()));
  }
  if (!(recipe.weight_percentile > 0 && recipe.weight_percentile <= 100)) {
    return {ErrorCode::kInvalidArgument,
            "weight_percentile must be above 0 and at most 100, in per cent of the weights kept; "
            "99.99 is usual"};
  }
  if (recipe.weight_bits != 8 && recipe.weight_bits != 7 && recipe.weight_bits != 4) {
    return {ErrorCode::kInvalidArgument,
            "weights cannot have " + std::to_string(recipe.weight_bits) + " bits; use 8, 7 or 4"};
  }
  if (recipe.weight_bits == 4 && recipe.scheme != Scheme::kWeightOnly) {
    return {ErrorCode::kInvalidArgument,
            "weights of 4 bits are multiplied in float: use the scheme weight-only"};
  }
  for (const int size : {0, 16, 32, 64, 128, 256}) {
    if (recipe.block_size == size) return {};
  }
  return {ErrorCode::kInvalidArgument, "block_size cannot be " + std::to_string(recipe.block_size) +
                                           "; use 16, 32, 64, 128, 256 or 0 for whole channels"};
}

Status check_corrections(const Recipe& recipe) {
  std::vector<std::string> known;
  for (const CorrectionInfo& info : corrections()) known.emplace_back(info.name);
  for (const std::string& name : recipe.corrections) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return unknown_word("correction", name, known);
    }
  }
  return {};
}

Status check_goal(const Recipe& recipe) {
  const Goal& goal = recipe.goal;
  const auto is_share = [](double x) { return x >= 0 && x <= 100; };
  if (!is_share(goal.max_drop.value_or(0)) || !is_share(goal.min_agreement.value_or(0)) ||
      !is_share(goal.min_int8)) {
    return {ErrorCode::kInvalidArgument,
            "max_drop, min_agreement and min_int8 are points or per cent, from 0 to 100"};
  }
  if (!(goal.time_limit >= 0 && std::isfinite(goal.time_limit))) {
    return {ErrorCode::kInvalidArgument, "time_limit wants seconds, or 0 for as long as it takes"};
  }
  if (goal.is_set() && recipe.scheme != Scheme::kStatic) {
    return {ErrorCode::kInvalidArgument,
            std::string("max_drop and min_agreement are judged on samples, which the scheme ") +
                name_of(recipe.scheme) + " does not look at: use the scheme static"};
  }
  return {};
}

Status check_hand_ranges(const Recipe& recipe) {
  for (const auto& [name, range] : recipe.input_ranges) {
    if (std::isfinite(range.min) && std::isfinite(range.max) && range.min <= range.max) continue;
    return {ErrorCode::kInvalidArgument, "wants two finite numbers, the smaller first, as in -1,1",
            "range of '" + name + "'"};
  }
  return {};
}

std::vector<std::string> names_of_values(const Graph& graph) {
  std::vector<std::string> names;
  for (size_t i = 0; i < graph.value_count(); ++i) {
    const auto id = static_cast<ValueId>(i);
    if (!graph.is_constant(id)) names.push_back(graph.value(id).name);
  }
  return names;
}

// Of this graph, and those that Octavo knows.
std::set<std::string> operators_in(const Graph& graph) {
  std::set<std::string> found;
  for (NodeId id : graph.live_nodes()) found.insert(graph.node(id).op_type);
  return found;
}

std::vector<std::string> known_operators() {
  std::vector<std::string> known;
#define OCTAVO_OP(name, ...) known.emplace_back(#name);
#define OCTAVO_LOWERED_OP(name, ...)
#include "graph/ops.def"
#undef OCTAVO_OP
  return known;
}

bool matches_node(const Graph& graph, const Node& node, const std::string& pattern) {
  if (matches_pattern(node.name, pattern)) return true;
  return std::any_of(node.outputs.begin(), node.outputs.end(), [&](ValueId id) {
    return id != kNoValue && matches_pattern(graph.value(id).name, pattern);
  });
}

// A key that names others; a Relu or Clip goes with what it follows.
std::string left_out_by(const Recipe& recipe, const Graph& graph, const Node& node) {
  if (info_of(node.op).role == Role::kClamp) return {};
  const auto is_op = [&](const std::string& op) { return op == node.op_type; };
  const auto matches = [&](const std::string& p) { return matches_node(graph, node, p); };
  if (!recipe.only_ops.empty() && std::ranges::none_of(recipe.only_ops, is_op)) return "only_ops";
  if (!recipe.only.empty() && std::ranges::none_of(recipe.only, matches)) return "only";
  return {};
}

bool matches_anything(const Graph& graph, const std::string& pattern) {
  const std::vector<NodeId> nodes = graph.live_nodes();
  return std::any_of(nodes.begin(), nodes.end(),
                     [&](NodeId id) { return matches_node(graph, graph.node(id), pattern); });
}

// What a pattern without a match may be meant for.
std::string nearest_node(const Graph& graph, const std::string& pattern) {
  std::vector<std::string> names;
  for (const NodeId id : graph.live_nodes()) {
    const Node& node = graph.node(id);
    if (!node.name.empty()) names.push_back(node.name);
    for (const ValueId output : node.outputs) {
      if (output != kNoValue) names.push_back(graph.value(output).name);
    }
  }
  return nearest_word(std::string_view(pattern).substr(0, kLongestWord), names);
}

// Keys that name what is quantized, and name nothing: the model would stay as it is.
Status check_only(const Recipe& recipe, const Graph& graph) {
  if (recipe.only.empty() && recipe.only_ops.empty()) return {};
  for (const NodeId id : graph.live_nodes()) {
    const Node& node = graph.node(id);
    if (info_of(node.op).role != Role::kClamp && left_out_by(recipe, graph, node).empty())
      return {};
  }
  const std::string way_out = recipe.only.empty()
                                  ? "octavo inspect shows the model's operators"
                                  : "did you mean '" + nearest_node(graph, recipe.only[0]) + "'?";
  return {ErrorCode::kInvalidArgument,
          "no node of the model is named, so that nothing would be quantized; " + way_out,
          recipe.only.empty() ? "only-op " + recipe.only_ops[0] : "only '" + recipe.only[0] + "'"};
}

}  // namespace

const char* name_of(Granularity granularity) {
  return granularity == Granularity::kPerChannel ? "per-channel" : "per-tensor";
}

const char* name_of(Scheme scheme) {
  switch (scheme) {
    case Scheme::kStatic:
      return "static";
    case Scheme::kDynamic:
      return "dynamic";
    case Scheme::kWeightOnly:
      return "weight-only";
    case Scheme::kFloat16:
      return "float16";
  }
  return "";
}

Status validate(const Recipe& recipe) {
  OCTAVO_RETURN_IF_ERROR(check_observer(recipe));
  OCTAVO_RETURN_IF_ERROR(check_corrections(recipe));
  OCTAVO_RETURN_IF_ERROR(check_weights(recipe));
  if (!(recipe.percentile > 0 && recipe.percentile <= 100)) {
    return {ErrorCode::kInvalidArgument,
            "percentile must be above 0 and at most 100, in per cent of the values kept; 99.99 is "
            "usual"};
  }
  if (!(recipe.momentum > 0 && recipe.momentum <= 1)) {
    return {ErrorCode::kInvalidArgument, "momentum must be above 0 and at most 1; 0.01 is usual"};
  }
  if (recipe.activations != DType::kUint8 && recipe.activations != DType::kInt8 &&
      recipe.activations != DType::kInt16) {
    return {ErrorCode::kInvalidArgument, std::string("activations cannot be ") +
                                             name_of(recipe.activations) +
                                             "; use uint8, int8 or int16"};
  }
  if (recipe.scheme == Scheme::kDynamic && recipe.activations != DType::kUint8) {
    return {ErrorCode::kInvalidArgument,
            "activations of the dynamic scheme are uint8: ONNX's DynamicQuantizeLinear gives no "
            "other"};
  }
  if (recipe.activation_bits != 8 && recipe.activation_bits != 7) {
    return {ErrorCode::kInvalidArgument, "activation_bits are 8, or 7 for engines that saturate"};
  }
  OCTAVO_RETURN_IF_ERROR(check_goal(recipe));
  return check_hand_ranges(recipe);
}

Result<std::vector<std::string>> validate(const Recipe& recipe, const Graph& graph) {
  OCTAVO_RETURN_IF_ERROR(validate(recipe));
  std::vector<std::string> warnings;
  if (recipe.scheme != Scheme::kStatic && recipe.observer != Recipe().observer) {
    warnings.push_back("observer " + recipe.observer + " is without effect: the " +
                       name_of(recipe.scheme) + " scheme observes nothing");
  }
  for (const std::string& name : recipe.corrections) {
    if (recipe.scheme == Scheme::kStatic) break;
    warnings.push_back("correction " + name + " is without effect: the " + name_of(recipe.scheme) +
                       " scheme corrects nothing");
  }
  if (recipe.scheme == Scheme::kDynamic && (recipe.symmetric || recipe.activation_bits != 8)) {
    warnings.push_back(
        "symmetric and activation-bits are without effect: ONNX's DynamicQuantizeLinear is "
        "asymmetric, of 8 bits");
  }
  for (const auto& [name, range] : recipe.input_ranges) {
    if (graph.find_value(name) != kNoValue) continue;
    warnings.push_back("input-range '" + name +
                       "' is without effect: the model has no such value; "
                       "did you mean '" +
                       nearest_word(name, names_of_values(graph)) + "'?");
  }
  for (const auto& [key, patterns] :
       {std::pair("exclude", &recipe.exclude), {"only", &recipe.only}}) {
    for (const std::string& pattern : *patterns) {
      if (matches_anything(graph, pattern)) continue;
      warnings.push_back(std::string(key) + " '" + pattern +
                         "' matches no node and no output of a node; did you mean '" +
                         nearest_node(graph, pattern) + "'?");
    }
  }
  const std::set<std::string> present = operators_in(graph);
  std::vector<std::string> known = known_operators();
  known.insert(known.end(), present.begin(), present.end());
  for (const auto& [key, ops] :
       {std::pair("exclude-op ", &recipe.exclude_ops), {"only-op ", &recipe.only_ops}}) {
    for (const std::string& op : *ops) {
      if (present.count(op)) continue;
      if (std::find(known.begin(), known.end(), op) == known.end()) {
        return unknown_word("operator", op, known);
      }
      warnings.push_back(key + op + " is without effect: the model has none");
    }
  }
  OCTAVO_RETURN_IF_ERROR(check_only(recipe, graph));
  return warnings;
}

std::string excluded_by(const Recipe& recipe, const Graph& graph, const Node& node) {
  for (const std::string& op : recipe.exclude_ops) {
    if (op == node.op_type) return op;
  }
  for (const std::string& pattern : recipe.exclude) {
    if (matches_node(graph, node, pattern)) return pattern;
  }
  return left_out_by(recipe, graph, node);
}

std::string pattern_of(std::string name) {
  std::replace(name.begin(), name.end(), '*', '?');
  return name;
}

// Greedy: on a mismatch the last star takes one character more. Linear in practice and never worse
// than text times pattern, however hostile the pattern.
bool matches_pattern(std::string_view text, std::string_view pattern) {
  size_t t = 0, p = 0;
  size_t star = std::string_view::npos, star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace octavo
