# The Splunk app: `cmake --install build/release --component app --strip --prefix DIR` installs it as
# DIR/cloudhijack, of which package.sh makes the package. A plain `cmake --install` does not install the
# app.

set(APP cloudhijack)
set(APP_CONFIGURED ${PROJECT_BINARY_DIR}/app)

install(TARGETS cloudhijack
  RUNTIME DESTINATION ${APP}/bin/linux_${CMAKE_SYSTEM_PROCESSOR} COMPONENT app EXCLUDE_FROM_ALL)
if(CMAKE_CROSSCOMPILING)
  return()  # the build for this machine installs everything else
endif()

configure_file(app/app.manifest ${APP_CONFIGURED}/app.manifest @ONLY)
configure_file(default/app.conf ${APP_CONFIGURED}/app.conf @ONLY)

install(FILES ${APP_CONFIGURED}/app.manifest CHANGELOG.md CONTRIBUTING.md README.md SECURITY.md LICENSE
  DESTINATION ${APP} COMPONENT app EXCLUDE_FROM_ALL)
# An admin reads the documentation where the app is, without the sources.
install(DIRECTORY docs DESTINATION ${APP} COMPONENT app EXCLUDE_FROM_ALL)
install(DIRECTORY default DESTINATION ${APP} COMPONENT app EXCLUDE_FROM_ALL PATTERN app.conf EXCLUDE)
install(FILES ${APP_CONFIGURED}/app.conf DESTINATION ${APP}/default COMPONENT app EXCLUDE_FROM_ALL)
# The only lookup of the package is the demo's: administrators and searches write the others.
install(FILES lookups/cloudhijack_demo.csv DESTINATION ${APP}/lookups COMPONENT app EXCLUDE_FROM_ALL)
install(DIRECTORY README DESTINATION ${APP} COMPONENT app EXCLUDE_FROM_ALL OPTIONAL)
install(DIRECTORY app/metadata app/static DESTINATION ${APP} COMPONENT app EXCLUDE_FROM_ALL)
install(PROGRAMS app/bin/cloudhijack.sh DESTINATION ${APP}/bin COMPONENT app EXCLUDE_FROM_ALL)

# The licences of the libraries that are linked into the program, from the places where Debian keeps
# them. On another system the program can still be built, and only making the package fails.
string(REGEX MATCH "^[0-9]+" GCC_MAJOR ${CMAKE_CXX_COMPILER_VERSION})
foreach(package libc6-dev libdeflate-dev libmaxminddb-dev libre2-dev libxxhash-dev libzstd-dev
    libstdc++-${GCC_MAJOR}-dev nlohmann-json3-dev zlib1g-dev)
  file(REAL_PATH /usr/share/doc/${package}/copyright license)
  install(FILES ${license} DESTINATION ${APP}/licenses RENAME ${package}.txt COMPONENT app EXCLUDE_FROM_ALL)
endforeach()
install(FILES /usr/share/common-licenses/Apache-2.0
  DESTINATION ${APP}/licenses RENAME simdjson.txt COMPONENT app EXCLUDE_FROM_ALL)

# Boost's file has 2 MB, because it lists the copyright holders of all its libraries; only the paragraph
# with the licence is used.
set(BOOST_VERSION ${Boost_VERSION_MAJOR}.${Boost_VERSION_MINOR})
set(BOOST_COPYRIGHT /usr/share/doc/libboost${BOOST_VERSION}-dev/copyright)
if(EXISTS ${BOOST_COPYRIGHT})
  file(READ ${BOOST_COPYRIGHT} text)
  string(REGEX MATCH "Boost Software License - [^\n]*(\n [^\n]+)+" license "${text}")
  file(WRITE ${APP_CONFIGURED}/boost.txt "${license}\n")
endif()
install(FILES ${APP_CONFIGURED}/boost.txt DESTINATION ${APP}/licenses COMPONENT app EXCLUDE_FROM_ALL)
