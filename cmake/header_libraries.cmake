# Header-only libraries of Debian. The wasm build may not look into /usr/include, where the headers of
# the machine's own C library lie: it sees these folders alone, through links.
find_path(STB_INCLUDE_DIR stb/stb_image.h NO_CMAKE_FIND_ROOT_PATH PATHS /usr/include REQUIRED)
find_path(JSON_INCLUDE_DIR nlohmann/json.hpp NO_CMAKE_FIND_ROOT_PATH PATHS /usr/include REQUIRED)
find_path(FLATBUFFERS_INCLUDE_DIR flatbuffers/flatbuffers.h NO_CMAKE_FIND_ROOT_PATH PATHS /usr/include REQUIRED)

add_library(octavo_header_libraries INTERFACE)
if(EMSCRIPTEN)
  set(links ${CMAKE_BINARY_DIR}/header_libraries)
  file(MAKE_DIRECTORY ${links})
  file(CREATE_LINK ${STB_INCLUDE_DIR}/stb ${links}/stb SYMBOLIC)
  file(CREATE_LINK ${FLATBUFFERS_INCLUDE_DIR}/flatbuffers ${links}/flatbuffers SYMBOLIC)
  file(CREATE_LINK ${JSON_INCLUDE_DIR}/nlohmann ${links}/nlohmann SYMBOLIC)
  target_include_directories(octavo_header_libraries SYSTEM INTERFACE ${links})
endif()
