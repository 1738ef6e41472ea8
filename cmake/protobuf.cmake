# octavo_protobuf(LIBRARY SCHEMA...) compiles src/LIBRARY/SCHEMA with the machine's protoc into the
# build folder and links protobuf-lite, which must be of the same version as that protoc: natively
# Debian's own, for wasm the one that scripts/setup.mjs builds (OCTAVO_PROTOBUF_DIR).
find_program(PROTOC protoc REQUIRED)

add_library(octavo_protobuf_lite INTERFACE)
if(EMSCRIPTEN)
  if(DEFINED ENV{OCTAVO_PROTOBUF_DIR})
    set(OCTAVO_PROTOBUF_DIR "$ENV{OCTAVO_PROTOBUF_DIR}" CACHE PATH "protobuf-lite for wasm" FORCE)
  endif()
  set(library "${OCTAVO_PROTOBUF_DIR}/lib/libprotobuf-lite.a")
  if(OCTAVO_WASM_THREADS)
    set(library "${OCTAVO_PROTOBUF_DIR}/lib-threads/libprotobuf-lite.a")
  endif()
  if(NOT EXISTS "${library}")
    message(FATAL_ERROR "No protobuf-lite for wasm: `npm run build`, or `. <(node scripts/setup.mjs --env)` first.")
  endif()
  target_include_directories(octavo_protobuf_lite SYSTEM INTERFACE "${OCTAVO_PROTOBUF_DIR}/include")
  target_link_libraries(octavo_protobuf_lite INTERFACE "${library}")
else()
  find_library(PROTOBUF_LITE protobuf-lite REQUIRED)
  target_link_libraries(octavo_protobuf_lite INTERFACE ${PROTOBUF_LITE})
endif()

function(octavo_protobuf library)
  foreach(schema IN LISTS ARGN)
    if(NOT EXISTS ${CMAKE_SOURCE_DIR}/src/${library}/${schema})
      continue()
    endif()
    string(REGEX REPLACE "\\.proto$" ".pb" stem ${library}/${schema})
    set(out ${CMAKE_BINARY_DIR}/protobuf)
    file(MAKE_DIRECTORY ${out})
    add_custom_command(
      OUTPUT ${out}/${stem}.cc ${out}/${stem}.h
      COMMAND ${PROTOC} --proto_path=${CMAKE_SOURCE_DIR}/src --cpp_out=lite:${out} ${library}/${schema}
      DEPENDS ${CMAKE_SOURCE_DIR}/src/${library}/${schema}
      VERBATIM)
    target_sources(octavo_${library} PRIVATE ${out}/${stem}.cc ${out}/${stem}.h)
    set_source_files_properties(${out}/${stem}.cc PROPERTIES COMPILE_OPTIONS -w)
    target_include_directories(octavo_${library} SYSTEM PRIVATE ${out})
  endforeach()
  target_link_libraries(octavo_${library} PUBLIC octavo_protobuf_lite)
endfunction()
