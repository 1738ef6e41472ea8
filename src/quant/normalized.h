// What BatchNormalization tells of its output, for those who have a model and no samples: training
// left each channel with the mean beta and the deviation |gamma|.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "quant/clipped_normal.h"

namespace octavo {

using Normalized =
    std::map<std::string, std::vector<Moments>>;  // of channels, by name of the value

// To be called before BatchNormalization is drawn into the weights before it, which keep the name
// of its output. Empty where there is none with constant parameters.
Normalized find_normalized(const Graph& graph);

}  // namespace octavo
