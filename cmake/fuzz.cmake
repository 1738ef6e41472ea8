# tests/fuzz/X_fuzz.cc is the libFuzzer target <build>/X_fuzz.
file(GLOB sources CONFIGURE_DEPENDS tests/fuzz/*_fuzz.cc)
foreach(source IN LISTS sources)
  cmake_path(GET source STEM name)
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE octavo_engine octavo_engine_flags)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
endforeach()
