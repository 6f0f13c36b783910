# Libraries: Debian's -dev packages as static archives, and simdjson from a pinned registry package.

set(Boost_USE_STATIC_LIBS ON)
find_package(Boost 1.74 REQUIRED COMPONENTS program_options)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(Threads REQUIRED)
find_library(RE2_LIBRARY NAMES libre2.a REQUIRED)
find_library(Z_LIBRARY NAMES libz.a REQUIRED)
find_library(DEFLATE_LIBRARY NAMES libdeflate.a REQUIRED)
find_path(XXHASH_INCLUDE_DIR NAMES xxhash.h REQUIRED)  # its header alone, compiled in

# A folder that holds simdjson.h and simdjson.cpp, 3.9 or later. Empty: fetched, once for all presets.
set(CLOUDHIJACK_SIMDJSON_DIR "" CACHE PATH "Folder with simdjson.h and simdjson.cpp")
if(CLOUDHIJACK_SIMDJSON_DIR)
  set(SIMDJSON_DIR ${CLOUDHIJACK_SIMDJSON_DIR})
else()
  set(SIMDJSON_DIR ${PROJECT_SOURCE_DIR}/build/simdjson/simdjson)
  if(NOT EXISTS ${SIMDJSON_DIR}/simdjson.cpp)
    message(STATUS "Fetching simdjson (pinned, hash-checked)")
    find_package(Python3 REQUIRED COMPONENTS Interpreter)
    file(REMOVE_RECURSE ${PROJECT_SOURCE_DIR}/build/simdjson)
    execute_process(
      COMMAND ${Python3_EXECUTABLE} -m pip download --quiet --disable-pip-version-check
        --no-deps --only-binary=:all: --require-hashes --implementation cp --python-version 3.11
        --abi abi3 --abi cp311 --platform manylinux2014_x86_64
        --dest ${PROJECT_SOURCE_DIR}/build/simdjson
        --requirement ${PROJECT_SOURCE_DIR}/cmake/simdjson-requirements.txt
      COMMAND_ERROR_IS_FATAL ANY)
    file(GLOB wheel ${PROJECT_SOURCE_DIR}/build/simdjson/pysimdjson-*.whl)
    file(ARCHIVE_EXTRACT INPUT ${wheel} DESTINATION ${PROJECT_SOURCE_DIR}/build/simdjson
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
      message(FATAL_ERROR "${SIMDJSON_DIR}/${name}: sha256 is ${actual}, not ${expected}. "
        "Delete build/simdjson and configure again.")
    endif()
  endforeach()
endif()

add_library(simdjson STATIC ${SIMDJSON_DIR}/simdjson.cpp)
target_include_directories(simdjson SYSTEM PUBLIC ${SIMDJSON_DIR})
target_compile_definitions(simdjson PUBLIC SIMDJSON_EXCEPTIONS=0)
set_target_properties(simdjson PROPERTIES CXX_CLANG_TIDY "")
