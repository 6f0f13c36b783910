# The licences of the libraries that are linked into the program, from the places where Debian keeps
# them. On another system the program can still be built, and only making a package fails.

# Boost's file has 2 MB, because it lists the copyright holders of all its libraries; only the paragraph
# with the licence is used.
set(BOOST_LICENSE ${PROJECT_BINARY_DIR}/boost.txt)
set(BOOST_VERSION ${Boost_VERSION_MAJOR}.${Boost_VERSION_MINOR})
set(BOOST_COPYRIGHT /usr/share/doc/libboost${BOOST_VERSION}-dev/copyright)
if(EXISTS ${BOOST_COPYRIGHT})
  file(READ ${BOOST_COPYRIGHT} text)
  string(REGEX MATCH "Boost Software License - [^\n]*(\n [^\n]+)+" license "${text}")
  file(WRITE ${BOOST_LICENSE} "${license}\n")
endif()

# Installs one file per library into the folder, as part of the component.
function(install_licenses folder component)
  string(REGEX MATCH "^[0-9]+" gcc_major ${CMAKE_CXX_COMPILER_VERSION})
  foreach(package libc6-dev libdeflate-dev libmaxminddb-dev libre2-dev libxxhash-dev libzstd-dev
      libstdc++-${gcc_major}-dev nlohmann-json3-dev zlib1g-dev)
    file(REAL_PATH /usr/share/doc/${package}/copyright license)
    install(FILES ${license}
      DESTINATION ${folder} RENAME ${package}.txt COMPONENT ${component} EXCLUDE_FROM_ALL)
  endforeach()
  install(FILES /usr/share/common-licenses/Apache-2.0
    DESTINATION ${folder} RENAME simdjson.txt COMPONENT ${component} EXCLUDE_FROM_ALL)
  install(FILES ${BOOST_LICENSE} DESTINATION ${folder} COMPONENT ${component} EXCLUDE_FROM_ALL)
endfunction()
