// A file of ranges and a model: which of its values the names mean, and the other way round.
#pragma once

#include "engine/ranges/range_file.h"
#include "quant/ranges.h"
#include "quant/recipe.h"

namespace octavo {

struct MatchedRanges {
  Ranges ranges;                     // of the file, by the names of the graph
  std::vector<std::string> exclude;  // nodes that a table leaves in float, by leaving them out
  std::vector<std::string> warnings;
};

// A value goes by its name, by that of the node that it comes from, or by either with ":0" behind;
// a layer by its node's name or its output's. What the file says twice it says last. Warns of names
// that mean nothing here; kInvalidArgument where all of them do, or where a layer's scales are not
// as many as its channels.
Result<MatchedRanges> match_ranges(const RangeFile& file, const Graph& graph);

// What is known of the graph's values, inputs of convolutions and products and their weights, in
// running order. Fails where weights cannot be read.
Result<RangeFile> range_file_of(const Graph& graph, const Ranges& ranges, const Recipe& recipe);

// Names of all values that are no constants, in running order.
Result<std::vector<std::string>> values_in_order(const Graph& graph);

}  // namespace octavo
