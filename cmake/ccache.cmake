# A compiler cache where there is one. Emscripten's is set by scripts/setup.mjs instead: ccache does
# not know em++, but em++ knows ccache (EM_COMPILER_WRAPPER).
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT EMSCRIPTEN AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
