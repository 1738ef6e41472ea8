// What the user wishes, as plain data. The same words in JSON, on the command line and on the page.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"
#include "quant/goal.h"
#include "quant/range.h"

namespace octavo {

enum class Granularity { kPerTensor, kPerChannel };
const char* name_of(Granularity granularity);  // "per-tensor", "per-channel"

// What becomes small, and when the ranges of activations are found. Only static needs samples.
enum class Scheme {
  kStatic,      // weights and activations are integers; ranges are found ahead, on samples
  kDynamic,     // ranges are found in every run; serves products of constant weights
  kWeightOnly,  // weights are integers, all arithmetic is in float
  kFloat16,     // weights are halves, all arithmetic is in float
};
const char* name_of(Scheme scheme);  // "static", "dynamic", "weight-only", "float16"

struct Recipe {
  Scheme scheme = Scheme::kStatic;
  std::string observer = "min_max";  // a name of observers()
  // Observer percentile: per cent of values kept, both tails cut alike; extremes_percentile: of
  // samples whose largest value is kept, and whose smallest.
  double percentile = 99.99;
  double momentum = 0.01;  // observer moving_average: the weight of the newest sample
  Granularity weights = Granularity::kPerChannel;
  std::string weight_method = "max_abs";  // a name of weight_methods()
  double weight_percentile = 99.99;       // method percentile: per cent of the weights kept
  int weight_bits = 8;  // or 7, for processors whose int16 sums would saturate; or 4, weight-only
  int block_size = 32;  // weights of 4 bits: inputs of an output channel that share a scale; 0: all
  DType activations = DType::kUint8;  // or kInt8, or kInt16 multiplied in float; dynamic: uint8
  int activation_bits = 8;            // or 7: the lower half of the integers
  bool symmetric = false;             // the zero point of activations is the middle integer
  bool six_bit_3x3 = false;           // weights of plain 3 x 3 convolutions: see six_bits.h

  // Ranges given by hand, by the name of the value: they win over what samples or files say.
  std::map<std::string, Range> input_ranges;

  // What to do about the errors that stay: names of corrections(), in the order of their list.
  std::vector<std::string> corrections;

  // Nodes to leave in float: patterns (* and ?) for names of nodes and of their outputs; operators.
  std::vector<std::string> exclude;
  std::vector<std::string> exclude_ops;
  // Where there are any: nothing else is quantized, but for the Relu or Clip of a layer.
  std::vector<std::string> only;
  std::vector<std::string> only_ops;

  Goal goal;  // more layers stay in float until it is met

  bool operator==(const Recipe&) const = default;
};

// Errors are wishes that no graph could meet; they name the nearest known word.
Status validate(const Recipe& recipe);
// Errors as above, operators that neither the graph nor Octavo knows, and keys that name what is to
// be quantized, but nothing of this graph. The result warns of wishes without effect on it, such as
// a pattern that matches nothing.
Result<std::vector<std::string>> validate(const Recipe& recipe, const Graph& graph);

// The pattern, operator or key by which the recipe leaves this node in float; empty where it does
// not.
std::string excluded_by(const Recipe& recipe, const Graph& graph, const Node& node);

// A pattern for this name: a * in it becomes ?.
std::string pattern_of(std::string name);
// * stands for any characters, ? for one; all others for themselves.
bool matches_pattern(std::string_view text, std::string_view pattern);

}  // namespace octavo
