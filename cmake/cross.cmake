# Builds for the architecture CLOUDHIJACK_MACHINE (as `uname -m` names it) on a Debian of another
# architecture, with Debian's cross compiler and the libraries that cmake/sysroot.sh has fetched.

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${CLOUDHIJACK_MACHINE})
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES CLOUDHIJACK_MACHINE)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

set(TRIPLET ${CLOUDHIJACK_MACHINE}-linux-gnu)
set(CMAKE_CXX_COMPILER ${TRIPLET}-g++)
set(CMAKE_LIBRARY_ARCHITECTURE ${TRIPLET})
cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH root)
set(CMAKE_SYSROOT ${root}/build/sysroot/${CLOUDHIJACK_MACHINE})

# Links the C library from the same Debian release as the other libraries, not the one that comes with
# the cross compiler.
set(ARCHIVES ${CMAKE_SYSROOT}/usr/lib/${TRIPLET})
set(CMAKE_EXE_LINKER_FLAGS_INIT "-B${ARCHIVES} -L${ARCHIVES}")

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
