# octavo_library(NAME [DEPENDS a b...] [SPEED regex])
#
# A static library octavo_NAME of every source under src/NAME. Files are found by themselves, so that
# adding one touches no CMake. SPEED matches the files where a model's time is spent: the wasm build
# compiles all others for size.
function(octavo_library name)
  cmake_parse_arguments(ARG "" "SPEED" "DEPENDS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS src/${name}/*.cc)
  add_library(octavo_${name} STATIC ${sources})
  list(TRANSFORM ARG_DEPENDS PREPEND octavo_)
  target_link_libraries(octavo_${name} PUBLIC octavo_flags ${ARG_DEPENDS} PRIVATE octavo_engine_flags)
  if(name STREQUAL "kernels")
    target_link_libraries(octavo_kernels PUBLIC octavo_simd128)
  endif()
  if(EMSCRIPTEN)
    target_compile_options(octavo_${name} PRIVATE -Os)
    if(ARG_SPEED)
      list(FILTER sources INCLUDE REGEX ${ARG_SPEED})
      set_source_files_properties(${sources} PROPERTIES COMPILE_OPTIONS -O3)
    endif()
  endif()
endfunction()
