# Libraries: static archives from Debian's -dev packages, and simdjson from a pinned package on PyPI.

set(Boost_USE_STATIC_LIBS ON)
find_package(Boost 1.74 REQUIRED COMPONENTS program_options)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(Threads REQUIRED)
find_library(RE2_LIBRARY NAMES libre2.a REQUIRED)
find_library(Z_LIBRARY NAMES libz.a REQUIRED)
find_library(DEFLATE_LIBRARY NAMES libdeflate.a REQUIRED)
find_library(ZSTD_LIBRARY NAMES libzstd.a REQUIRED)
find_library(MAXMINDDB_LIBRARY NAMES libmaxminddb.a REQUIRED)
find_path(XXHASH_INCLUDE_DIR NAMES xxhash.h REQUIRED)  # used as a header-only library

# A folder with simdjson.h and simdjson.cpp, 3.9 or later. If empty, they are fetched once for all presets.
set(CLOUDHIJACK_SIMDJSON_DIR "" CACHE PATH "Folder with simdjson.h and simdjson.cpp")
if(CLOUDHIJACK_SIMDJSON_DIR)
  set(SIMDJSON_DIR ${CLOUDHIJACK_SIMDJSON_DIR})
else()
  include(${CMAKE_CURRENT_LIST_DIR}/simdjson.cmake)
endif()

add_library(simdjson STATIC ${SIMDJSON_DIR}/simdjson.cpp)
target_include_directories(simdjson SYSTEM PUBLIC ${SIMDJSON_DIR})
# Tests are compiled without optimisation, in which case simdjson's classes would by default have more
# members than in the optimised library that the tests link.
target_compile_definitions(simdjson PUBLIC SIMDJSON_EXCEPTIONS=0 SIMDJSON_DEVELOPMENT_CHECKS=0)
set_target_properties(simdjson PROPERTIES CXX_CLANG_TIDY "")
