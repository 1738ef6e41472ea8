# Every flag of the wasm build, once, each with its reason.

# Compile: all C++ of this build, GoogleTest included. scripts/setup.mjs builds protobuf-lite with the
# same ones (it reads this list).
set(OCTAVO_WASM_COMPILE_FLAGS
  -msimd128                                 # one build: every browser since Safari 16.4 has it
  -mbulk-memory                             # memory is copied and cleared by single instructions; as old as SIMD
  -fno-exceptions                           # errors are values; tables and landing pads cost 10 %
  -fno-rtti                                 # nothing asks for a type at run time
  -DEMSCRIPTEN_HAS_UNBOUND_TYPE_NAMES=0     # Embind without RTTI
)
add_compile_options(${OCTAVO_WASM_COMPILE_FLAGS})
if(OCTAVO_WASM_THREADS)
  add_compile_options(-pthread)             # as the protobuf-lite beside the other
  add_link_options(-pthread)
endif()
add_link_options(
  -fno-rtti                                 # Embind's half that lives in the linked library
  -sALLOW_MEMORY_GROWTH                     # a model's size is not known ahead
  -sMEMORY_GROWTH_GEOMETRIC_STEP=0.05       # 20 % more of a large model would be memory that nothing uses
  -sMAXIMUM_MEMORY=4GB                      # all that 32-bit wasm can address
  -sSTACK_SIZE=1MB                          # the default of 64 KB is too small for protobuf and stb_image
  -sWASM_BIGINT                             # int64 crosses the boundary as it is
)

# Link of the module that the package ships.
set(OCTAVO_WASM_MODULE_LINK_FLAGS
  -lembind
  --no-entry                                # a library: no main
  -sMODULARIZE -sEXPORT_ES6                 # `import create from './octavo.js'`, many instances a page
  -sENVIRONMENT=web,worker                  # Node gets the bytes handed; bundlers find no node: import
  -sDYNAMIC_EXECUTION=0                     # no `new Function`: runs under a CSP without 'unsafe-eval'
  -sFILESYSTEM=0                            # files are read by whoever calls, in slices
  -sINCOMING_MODULE_JS_API=wasmBinary,instantiateWasm,locateFile,print,printErr
  -O3                                       # wasm-opt over the whole, and minified glue
)
if(OCTAVO_WASM_THREADS)
  set(OCTAVO_WASM_SUFFIX _threads)
  list(APPEND OCTAVO_WASM_MODULE_LINK_FLAGS
    --js-library=${CMAKE_SOURCE_DIR}/cmake/thread_workers.js
    -sPTHREAD_POOL_SIZE=Module.workers.length # all are ready before the module is: later ones would wait for whoever waits for them
    -sPTHREAD_POOL_SIZE_STRICT=2            # more threads than workers: an error, not a wait
    -Wno-pthreads-mem-growth                # it warns of JavaScript that reads the heap; ours copies whole arrays
  )
endif()

# Link of a test program, run as `node octavo_tests.cjs`.
set(OCTAVO_WASM_NODE_LINK_FLAGS
  -sENVIRONMENT=node
  -sNODERAWFS                               # tests read the data folder
  -sEXIT_RUNTIME                            # the exit code is the verdict
  -sSTACK_SIZE=4MB                          # what a thread has natively is more, but tests are not shallow
  --pre-js=${CMAKE_SOURCE_DIR}/cmake/node_env.js
  -O1                                       # seconds instead of a minute in wasm-opt
)

# octavo_wasm_module(FOLDER): FOLDER/*.cc as <build>/octavo.{js,wasm}, and as octavo_relaxed.{js,wasm}
# with the relaxed kernels: they come first, so that the engine takes them for the others. With threads
# the names end in _threads.
function(octavo_wasm_module folder)
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cc)
  add_library(octavo_bindings OBJECT ${sources})
  target_compile_options(octavo_bindings PRIVATE -Oz)
  target_link_libraries(octavo_bindings PUBLIC octavo_engine octavo_engine_flags)
  foreach(variant octavo octavo_relaxed)
    add_executable(${variant}_wasm $<TARGET_OBJECTS:octavo_bindings>)
    set_target_properties(${variant}_wasm PROPERTIES OUTPUT_NAME ${variant} SUFFIX ${OCTAVO_WASM_SUFFIX}.js)
    if(variant STREQUAL "octavo_relaxed")
      target_link_libraries(${variant}_wasm PRIVATE octavo_kernels_relaxed)
    endif()
    target_link_libraries(${variant}_wasm PRIVATE octavo_engine octavo_engine_flags)
    target_link_options(${variant}_wasm PRIVATE ${OCTAVO_WASM_MODULE_LINK_FLAGS})
  endforeach()
endfunction()

function(octavo_wasm_node_program target)
  set_target_properties(${target} PROPERTIES SUFFIX .cjs)
  target_link_options(${target} PRIVATE ${OCTAVO_WASM_NODE_LINK_FLAGS})
endfunction()

# GoogleTest from the sources that Debian installs beside its native library.
function(octavo_wasm_gtest)
  set(root /usr/src/googletest)
  add_library(octavo_gtest STATIC EXCLUDE_FROM_ALL
    ${root}/googletest/src/gtest-all.cc ${root}/googlemock/src/gmock-all.cc
    ${root}/googlemock/src/gmock_main.cc)
  target_include_directories(octavo_gtest SYSTEM
    PUBLIC ${root}/googletest/include ${root}/googlemock/include
    PRIVATE ${root}/googletest ${root}/googlemock)
  target_compile_options(octavo_gtest PRIVATE -w)
endfunction()
