# Kernels are written once, against <wasm_simd128.h>. Emscripten brings that header; natively it is
# SIMDe's translation of the same intrinsics to SSE4.2 or NEON, under the same names.
#
# What Debian 12's SIMDe (0.7.4-rc2) does not keep: wasm_f32x4_min and _max give another zero and
# another NaN than wasm does; _pmin and _pmax are exact. The wasm_*_const_splat forms are missing.
add_library(octavo_simd128 INTERFACE)
if(EMSCRIPTEN)
  return()
endif()

find_path(SIMDE_INCLUDE_DIR simde/wasm/simd128.h REQUIRED)
set(shim ${CMAKE_BINARY_DIR}/simde_shim)
file(CONFIGURE OUTPUT ${shim}/wasm_simd128.h CONTENT [[
#pragma once
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/wasm/simd128.h>
]])
target_include_directories(octavo_simd128 SYSTEM INTERFACE ${shim} ${SIMDE_INCLUDE_DIR})
