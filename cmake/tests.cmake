# Every tests/**/*_test.cc is part of octavo_tests, natively and under Node. Tests run from the
# project's root.
file(GLOB_RECURSE sources CONFIGURE_DEPENDS tests/*_test.cc)

if(EMSCRIPTEN)
  octavo_wasm_gtest()
else()
  find_package(GTest REQUIRED)
  add_library(octavo_gtest INTERFACE)
  target_link_libraries(octavo_gtest INTERFACE GTest::gtest GTest::gmock GTest::gtest_main)
endif()

if(sources)
  add_executable(octavo_tests ${sources})
  target_include_directories(octavo_tests PRIVATE ${CMAKE_SOURCE_DIR})
  target_include_directories(octavo_tests SYSTEM PRIVATE ${CMAKE_BINARY_DIR}/protobuf)  # to make models
  target_link_libraries(octavo_tests PRIVATE octavo_engine octavo_engine_flags octavo_gtest)
  target_compile_options(octavo_tests PRIVATE -O1)  # half the time to compile; the engine stays at -O3
  if(EMSCRIPTEN)
    octavo_wasm_node_program(octavo_tests)
  else()
    include(GoogleTest)
    gtest_discover_tests(octavo_tests DISCOVERY_MODE PRE_TEST WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  endif()
endif()
