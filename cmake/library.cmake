# Kernels of *_avx2.cc and *_relaxed.cc are for processors and engines that not everyone has
# (src/kernels/isa.h). Natively they lie beside the others and are chosen at start-up. A wasm module
# with relaxed SIMD does not start elsewhere, so its kernels go into a library of their own,
# octavo_kernels_relaxed, which a second module takes instead.
if(EMSCRIPTEN)
  set(OCTAVO_RELAXED_OPTIONS -mrelaxed-simd)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(OCTAVO_AVX2_OPTIONS -march=x86-64-v3)
  set(OCTAVO_RELAXED_OPTIONS -march=x86-64-v3 -mavxvnni)
endif()

# Compiles such files of a target for such processors, or not at all where there are none, and tells
# the others which there are: OCTAVO_AVX2, OCTAVO_RELAXED.
function(octavo_isa_sources target)
  get_target_property(sources ${target} SOURCES)
  foreach(isa AVX2 RELAXED)
    string(TOLOWER ${isa} suffix)
    set(these ${sources})
    list(FILTER these INCLUDE REGEX "_${suffix}\\.cc$")
    if(OCTAVO_${isa}_OPTIONS)
      target_compile_definitions(${target} PRIVATE OCTAVO_${isa})
      set_source_files_properties(${these} PROPERTIES COMPILE_OPTIONS "${OCTAVO_${isa}_OPTIONS}")
    else()
      set_source_files_properties(${these} PROPERTIES HEADER_FILE_ONLY ON)
    endif()
  endforeach()
endfunction()

function(octavo_kernels_relaxed_library)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS src/kernels/*.cc)
  add_library(octavo_kernels_relaxed STATIC ${sources})
  target_compile_options(octavo_kernels_relaxed PRIVATE -Oz)
  target_link_libraries(octavo_kernels_relaxed
    PUBLIC octavo_flags octavo_base octavo_simd128 PRIVATE octavo_engine_flags)
  octavo_isa_sources(octavo_kernels_relaxed)
  list(FILTER sources EXCLUDE REGEX "_ref\\.cc$")
  set_property(SOURCE ${sources} APPEND PROPERTY COMPILE_OPTIONS -O3)
endfunction()

# octavo_library(NAME [DEPENDS a b...] [SPEED regex])
#
# A static library octavo_NAME of every source under src/NAME. Files are found by themselves, so that
# adding one touches no CMake. SPEED matches the files where a model's time is spent: the wasm build
# compiles all others for size, and plain twins (*_ref.cc), which tests run there and nothing else.
function(octavo_library name)
  cmake_parse_arguments(ARG "" "SPEED" "DEPENDS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS src/${name}/*.cc)
  if(EMSCRIPTEN)
    list(FILTER sources EXCLUDE REGEX "_(avx2|relaxed)\\.cc$")
  endif()
  add_library(octavo_${name} STATIC ${sources})
  list(TRANSFORM ARG_DEPENDS PREPEND octavo_)
  target_link_libraries(octavo_${name} PUBLIC octavo_flags ${ARG_DEPENDS} PRIVATE octavo_engine_flags)
  if(name STREQUAL "kernels")
    target_link_libraries(octavo_kernels PUBLIC octavo_simd128)
    if(EMSCRIPTEN)
      octavo_kernels_relaxed_library()
    else()
      octavo_isa_sources(octavo_kernels)
    endif()
  endif()
  if(EMSCRIPTEN)
    target_compile_options(octavo_${name} PRIVATE -Oz)
    if(ARG_SPEED)
      list(FILTER sources INCLUDE REGEX ${ARG_SPEED})
      list(FILTER sources EXCLUDE REGEX "_ref\\.cc$")
      set_source_files_properties(${sources} PROPERTIES COMPILE_OPTIONS -O3)
    endif()
  endif()
endfunction()
