// Any text as MNN's configuration: what is read is a recipe that can be written and read.
#include <cstdlib>

#include "engine/mnn_config.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto config =
      octavo::read_mnn_config(std::string(reinterpret_cast<const char*>(data), size));
  if (!config.ok()) return 0;
  if (!octavo::recipe_from_json(octavo::recipe_to_json(config->recipe)).ok()) std::abort();
  return 0;
}
