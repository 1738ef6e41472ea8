// Any text as what a search knows: it survives being written, and the search goes on from it.
#include <cstdlib>
#include <string>

#include "engine/fallback_json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto state = octavo::state_from_json(text);
  if (!state.ok()) return 0;
  const auto again = octavo::state_from_json(octavo::state_to_json(*state));
  if (!again.ok() || !(again->trials == state->trials)) std::abort();
  std::vector<octavo::QuantizedLayer> layers;
  for (const std::string& name : state->layers) layers.push_back({name, "Conv", 1});
  octavo::Goal goal;
  goal.min_agreement = 99;
  const octavo::Search found = octavo::search(layers, goal, state->trials);
  if (found.next && state->trials.contains(*found.next)) std::abort();
  return 0;
}
