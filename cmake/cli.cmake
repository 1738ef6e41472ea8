# The command line, at <build>/octavo.
file(GLOB_RECURSE sources CONFIGURE_DEPENDS src/cli/*.cc)
if(sources)
  add_executable(octavo ${sources})
  target_link_libraries(octavo PRIVATE octavo_engine octavo_flags)
endif()
