# octavo_library(NAME [DEPENDS a b...] [SPEED])
#
# A static library octavo_NAME of every source under src/NAME. Files are found by themselves, so that
# adding one touches no CMake. SPEED marks the folders where a model's time is spent: the wasm build
# compiles the others for size.
function(octavo_library name)
  cmake_parse_arguments(ARG "SPEED" "" "DEPENDS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS src/${name}/*.cc)
  add_library(octavo_${name} STATIC ${sources})
  list(TRANSFORM ARG_DEPENDS PREPEND octavo_)
  target_link_libraries(octavo_${name} PUBLIC octavo_flags ${ARG_DEPENDS} PRIVATE octavo_engine_flags)
  if(name STREQUAL "kernels")
    target_link_libraries(octavo_kernels PUBLIC octavo_simd128)
  endif()
  if(EMSCRIPTEN AND NOT ARG_SPEED)
    target_compile_options(octavo_${name} PRIVATE -Os)
  endif()
endfunction()
