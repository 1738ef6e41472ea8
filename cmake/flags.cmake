# Flags of every target, as interface libraries: octavo_flags for all C++ of this project,
# octavo_engine_flags on top for everything under src/ but the command line.

add_library(octavo_flags INTERFACE)
target_include_directories(octavo_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(octavo_flags INTERFACE
  -Wall -Wextra -Wno-missing-field-initializers  # what is not named keeps its default
  -ffp-contract=off        # a * b + c is two roundings on every machine: native bytes equal wasm bytes
  -fno-trapping-math -fno-math-errno  # same values; without them g++ vectorises no comparison or sqrt
)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(octavo_flags INTERFACE -Wno-restrict)  # warns of `"text" + std::string` (GCC bug 105651)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND NOT EMSCRIPTEN)
  target_compile_options(octavo_flags INTERFACE -Wno-deprecated-declarations)  # g++-12's own stable_sort
endif()
if(OCTAVO_WERROR)
  target_compile_options(octavo_flags INTERFACE -Werror)
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND NOT EMSCRIPTEN)
  # SSE4.2, which every x86-64 machine since 2009 has. Not v3: AVX2 would leave older ones behind.
  target_compile_options(octavo_flags INTERFACE -march=x86-64-v2)
endif()
if(OCTAVO_SANITIZE)
  set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
    -fno-sanitize=vptr)  # the command line has RTTI, the engine's objects have none
  target_compile_options(octavo_flags INTERFACE ${sanitizers})
  target_link_options(octavo_flags INTERFACE ${sanitizers})
endif()
if(OCTAVO_FUZZ)
  target_compile_options(octavo_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# Errors are values in the engine. The command line may throw, because CLI11 does.
add_library(octavo_engine_flags INTERFACE)
target_compile_options(octavo_engine_flags INTERFACE -fno-exceptions -fno-rtti)
target_link_libraries(octavo_engine_flags INTERFACE octavo_flags)

if(EMSCRIPTEN)
  if(NOT OCTAVO_WASM_THREADS)  # else -pthread is among the flags of cmake/emscripten.cmake
    target_compile_definitions(octavo_flags INTERFACE OCTAVO_NO_THREADS)
  endif()
else()
  set(THREADS_PREFER_PTHREAD_FLAG ON)
  find_package(Threads REQUIRED)
  target_link_libraries(octavo_flags INTERFACE Threads::Threads)
endif()
