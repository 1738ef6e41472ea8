# tests/bench: octavo_bench, the kernels' benchmarks, natively under Google Benchmark and as a module
# for browsers; natively also octavo_turns, which runs a model when it is told to.
file(GLOB sources CONFIGURE_DEPENDS tests/bench/*.cc)
add_executable(octavo_bench ${sources})
target_include_directories(octavo_bench PRIVATE ${CMAKE_SOURCE_DIR})
octavo_isa_sources(octavo_bench)

if(EMSCRIPTEN)
  target_sources(octavo_bench PRIVATE tests/bench/wasm/kernels.cc)
  target_link_libraries(octavo_bench PRIVATE octavo_kernels_relaxed octavo_engine_flags)
  target_link_options(octavo_bench PRIVATE ${OCTAVO_WASM_MODULE_LINK_FLAGS})
else()
  find_package(benchmark REQUIRED)
  target_sources(octavo_bench PRIVATE tests/bench/native/kernels.cc)
  target_link_libraries(octavo_bench PRIVATE octavo_kernels octavo_flags benchmark::benchmark)
  add_executable(octavo_turns tests/bench/native/models.cc)
  target_link_libraries(octavo_turns PRIVATE octavo_engine octavo_flags)
endif()
