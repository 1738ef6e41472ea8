// octavo_bench.js: the kernels' benchmarks as a module.
#include <emscripten/bind.h>

#include "tests/bench/kernel_bench.h"

EMSCRIPTEN_BINDINGS(octavo_bench) {
  emscripten::function(
      "measure",
      +[](unsigned rounds) { return octavo::measure(octavo::kernel_benches(), rounds); });
}
