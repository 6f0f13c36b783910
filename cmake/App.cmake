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
include(cmake/Licenses.cmake)

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

install_licenses(${APP}/licenses app)
