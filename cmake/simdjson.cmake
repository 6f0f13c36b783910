# Fetches simdjson's two files, pinned and checked by hash, into build/simdjson/simdjson, unless they
# already exist. Run it with `cmake -P cmake/simdjson.cmake`, or include it in a build.

cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH SIMDJSON_ROOT)
set(SIMDJSON_FOLDER ${SIMDJSON_ROOT}/build/simdjson)
set(SIMDJSON_DIR ${SIMDJSON_FOLDER}/simdjson)

if(NOT EXISTS ${SIMDJSON_DIR}/simdjson.cpp)
  message(STATUS "Fetching simdjson (pinned and checked by hash)")
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  file(REMOVE_RECURSE ${SIMDJSON_FOLDER})
  execute_process(
    COMMAND ${Python3_EXECUTABLE} -m pip download --quiet --disable-pip-version-check
      --no-deps --only-binary=:all: --require-hashes --implementation cp --python-version 3.11
      --abi abi3 --abi cp311 --platform manylinux2014_x86_64
      --dest ${SIMDJSON_FOLDER}
      --requirement ${CMAKE_CURRENT_LIST_DIR}/simdjson-requirements.txt
    COMMAND_ERROR_IS_FATAL ANY)
  file(GLOB wheel ${SIMDJSON_FOLDER}/pysimdjson-*.whl)
  file(ARCHIVE_EXTRACT INPUT ${wheel} DESTINATION ${SIMDJSON_FOLDER}
    PATTERNS simdjson/simdjson.h simdjson/simdjson.cpp)
endif()
foreach(pinned
    simdjson.h=d930dbc24ecba8fb7fcba534e1932375964bb2fab82a396d3b810b42968c1863
    simdjson.cpp=17a1e9b70a8cc0a5be3b3e95ddb26838bcebdc8bb6cb93980a9628b065cbaf72)
  string(REPLACE "=" ";" pinned ${pinned})
  list(GET pinned 0 name)
  list(GET pinned 1 expected)
  file(SHA256 ${SIMDJSON_DIR}/${name} actual)
  if(NOT actual STREQUAL expected)
    message(FATAL_ERROR "${SIMDJSON_DIR}/${name}: the SHA-256 is ${actual}; it must be ${expected}. "
      "Delete build/simdjson and configure again.")
  endif()
endforeach()
