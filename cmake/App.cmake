# The Splunk app: `cmake --install build/release --component app --strip --prefix DIR` lays out
# DIR/cloudhijack; package.sh makes the package of it. A plain `cmake --install` has no place for an
# app, and leaves it out.

set(APP cloudhijack)
set(APP_CONFIGURED ${PROJECT_BINARY_DIR}/app)

install(TARGETS cloudhijack
  RUNTIME DESTINATION ${APP}/bin/linux_${CMAKE_SYSTEM_PROCESSOR} COMPONENT app EXCLUDE_FROM_ALL)
if(CMAKE_CROSSCOMPILING)
  return()  # all else is laid out from the build for this machine
endif()

configure_file(app/app.manifest ${APP_CONFIGURED}/app.manifest @ONLY)
configure_file(default/app.conf ${APP_CONFIGURED}/app.conf @ONLY)

install(FILES ${APP_CONFIGURED}/app.manifest CHANGELOG.md CONTRIBUTING.md README.md SECURITY.md LICENSE
  DESTINATION ${APP} COMPONENT app EXCLUDE_FROM_ALL)
# An admin reads the documentation where the app is, without the sources.
install(DIRECTORY docs DESTINATION ${APP} COMPONENT app EXCLUDE_FROM_ALL)
install(DIRECTORY default DESTINATION ${APP} COMPONENT app EXCLUDE_FROM_ALL PATTERN app.conf EXCLUDE)
install(FILES ${APP_CONFIGURED}/app.conf DESTINATION ${APP}/default COMPONENT app EXCLUDE_FROM_ALL)
install(DIRECTORY README DESTINATION ${APP} COMPONENT app EXCLUDE_FROM_ALL OPTIONAL)
install(DIRECTORY app/metadata app/static DESTINATION ${APP} COMPONENT app EXCLUDE_FROM_ALL)
install(PROGRAMS app/bin/cloudhijack.sh DESTINATION ${APP}/bin COMPONENT app EXCLUDE_FROM_ALL)

# The licences of what the program links in, from where Debian keeps them. On another system the
# program builds all the same, and only making the package fails.
string(REGEX MATCH "^[0-9]+" GCC_MAJOR ${CMAKE_CXX_COMPILER_VERSION})
foreach(package libc6-dev libdeflate-dev libre2-dev libxxhash-dev libstdc++-${GCC_MAJOR}-dev nlohmann-json3-dev zlib1g-dev)
  file(REAL_PATH /usr/share/doc/${package}/copyright license)
  install(FILES ${license} DESTINATION ${APP}/licenses RENAME ${package}.txt COMPONENT app EXCLUDE_FROM_ALL)
endforeach()
install(FILES /usr/share/common-licenses/Apache-2.0
  DESTINATION ${APP}/licenses RENAME simdjson.txt COMPONENT app EXCLUDE_FROM_ALL)

# Boost's file names the holders of all its libraries in 2 MB; its licence is one paragraph there.
set(BOOST_VERSION ${Boost_VERSION_MAJOR}.${Boost_VERSION_MINOR})
set(BOOST_COPYRIGHT /usr/share/doc/libboost${BOOST_VERSION}-dev/copyright)
if(EXISTS ${BOOST_COPYRIGHT})
  file(READ ${BOOST_COPYRIGHT} text)
  string(REGEX MATCH "Boost Software License - [^\n]*(\n [^\n]+)+" license "${text}")
  file(WRITE ${APP_CONFIGURED}/boost.txt "${license}\n")
endif()
install(FILES ${APP_CONFIGURED}/boost.txt DESTINATION ${APP}/licenses COMPONENT app EXCLUDE_FROM_ALL)
