# Kernels of *_relaxed.cc are for processors and engines that not everyone has (src/kernels/isa.h).
# Natively they lie beside the others and are chosen at start-up. A wasm module with such instructions
# does not start elsewhere, so they go into a library of their own, octavo_kernels_relaxed, which a
# second module takes instead.
if(EMSCRIPTEN)
  set(OCTAVO_RELAXED_OPTIONS -mrelaxed-simd)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(OCTAVO_RELAXED_OPTIONS -march=x86-64-v3 -mavxvnni)
endif()

function(octavo_relaxed_kernels)
  file(GLOB_RECURSE relaxed CONFIGURE_DEPENDS src/kernels/*_relaxed.cc)
  if(EMSCRIPTEN)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS src/kernels/*.cc)
    add_library(octavo_kernels_relaxed STATIC ${sources})
    target_compile_definitions(octavo_kernels_relaxed PRIVATE OCTAVO_RELAXED)
    target_compile_options(octavo_kernels_relaxed PRIVATE -O3)
    target_link_libraries(octavo_kernels_relaxed
      PUBLIC octavo_flags octavo_base octavo_simd128 PRIVATE octavo_engine_flags)
  elseif(OCTAVO_RELAXED_OPTIONS)
    target_compile_definitions(octavo_kernels PRIVATE OCTAVO_RELAXED)
  endif()
  octavo_relaxed_sources(${relaxed})
endfunction()

# Compiles these for such processors, or not at all where there are none.
function(octavo_relaxed_sources)
  if(OCTAVO_RELAXED_OPTIONS)
    set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS "${OCTAVO_RELAXED_OPTIONS}")
  else()
    set_source_files_properties(${ARGN} PROPERTIES HEADER_FILE_ONLY ON)
  endif()
endfunction()

# octavo_library(NAME [DEPENDS a b...] [SPEED regex])
#
# A static library octavo_NAME of every source under src/NAME. Files are found by themselves, so that
# adding one touches no CMake. SPEED matches the files where a model's time is spent: the wasm build
# compiles all others for size.
function(octavo_library name)
  cmake_parse_arguments(ARG "" "SPEED" "DEPENDS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS src/${name}/*.cc)
  if(EMSCRIPTEN)
    list(FILTER sources EXCLUDE REGEX "_relaxed\\.cc$")
  endif()
  add_library(octavo_${name} STATIC ${sources})
  list(TRANSFORM ARG_DEPENDS PREPEND octavo_)
  target_link_libraries(octavo_${name} PUBLIC octavo_flags ${ARG_DEPENDS} PRIVATE octavo_engine_flags)
  if(name STREQUAL "kernels")
    target_link_libraries(octavo_kernels PUBLIC octavo_simd128)
    octavo_relaxed_kernels()
  endif()
  if(EMSCRIPTEN)
    target_compile_options(octavo_${name} PRIVATE -Os)
    if(ARG_SPEED)
      list(FILTER sources INCLUDE REGEX ${ARG_SPEED})
      set_source_files_properties(${sources} PROPERTIES COMPILE_OPTIONS -O3)
    endif()
  endif()
endfunction()
