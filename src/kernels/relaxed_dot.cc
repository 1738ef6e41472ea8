#include "kernels/relaxed_dot.h"

namespace octavo {

RelaxedDot probe_relaxed_dot();  // relaxed_dot_relaxed.cc

namespace {

RelaxedDot probe() {
#if !defined(OCTAVO_RELAXED)
  return RelaxedDot::kInexact;
#elif defined(__x86_64__)
  // The instructions themselves may be missing; a wasm module with them would not have started.
  const bool exists = __builtin_cpu_supports("x86-64-v3") && __builtin_cpu_supports("avxvnni");
  return exists ? probe_relaxed_dot() : RelaxedDot::kInexact;
#else
  return probe_relaxed_dot();
#endif
}

}  // namespace

RelaxedDot relaxed_dot() {
  static const RelaxedDot found = probe();
  return found;
}

uint8_t relaxed_flip(bool is_signed) {
  return is_signed == (relaxed_dot() == RelaxedDot::kUnsigned) ? 0x80 : 0;
}

int32_t relaxed_offset(bool is_signed) {
  return relaxed_flip(is_signed) == 0 ? 0 : is_signed ? 128 : -128;
}

}  // namespace octavo
