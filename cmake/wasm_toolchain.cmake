# The toolchain of whichever emcc comes first: EMSDK's, or the one in PATH.
find_program(EMCC emcc HINTS $ENV{EMSDK}/upstream/emscripten NO_CMAKE_FIND_ROOT_PATH)
if(NOT EMCC)
  message(FATAL_ERROR "No emcc in PATH: run `npm run setup`, then `. <(node scripts/setup.mjs --env)`.")
endif()
file(REAL_PATH ${EMCC} EMCC)
cmake_path(GET EMCC PARENT_PATH EMSCRIPTEN_ROOT_PATH)
include(${EMSCRIPTEN_ROOT_PATH}/cmake/Modules/Platform/Emscripten.cmake)
