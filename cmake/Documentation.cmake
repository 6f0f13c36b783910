# What the Debian package and the tarball contain besides the program and its shell files:
# `cmake --install build/release --component doc --prefix DIR` installs it below DIR. The folders are
# arranged as in the repository, so that links from page to page lead somewhere.

if(CMAKE_CROSSCOMPILING)
  return()  # the build for this machine installs it for both
endif()
include(GNUInstallDirs)
include(cmake/Licenses.cmake)

set(DOCS ${CMAKE_INSTALL_DATADIR}/doc/cloudhijack)
install(FILES CHANGELOG.md CONTRIBUTING.md README.md SECURITY.md LICENSE
  DESTINATION ${DOCS} COMPONENT doc EXCLUDE_FROM_ALL)
install(DIRECTORY docs README DESTINATION ${DOCS} COMPONENT doc EXCLUDE_FROM_ALL)
install(FILES default/cloudhijack.conf DESTINATION ${DOCS}/default COMPONENT doc EXCLUDE_FROM_ALL)
install_licenses(${DOCS}/licenses doc)
install(FILES Dockerfile DESTINATION . COMPONENT doc EXCLUDE_FROM_ALL)
