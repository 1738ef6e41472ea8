// What to try for layers that lose much.
#pragma once

#include <vector>

#include "quant/compare.h"

namespace octavo {

// Fills in LayerError::advice by a list of rules; `layers` are in running order.
void advise(std::vector<LayerError>& layers);

}  // namespace octavo
