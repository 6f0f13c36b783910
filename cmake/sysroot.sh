#!/usr/bin/env bash
# Fetches Debian packages of another architecture: those that a cross build needs, or the ones that
# are named, which can be patterns of apt.
#
# usage: sysroot.sh DEBIAN_ARCHITECTURE FOLDER [PACKAGE...]
#
# The packages are unpacked into the folder; nothing is installed for a foreign architecture. For the
# bill of materials, FOLDER/packages contains the list of files of each package, as
# <name>_<version>_<architecture>.list.
set -euo pipefail

architecture=$1
folder=$2
packages=("${@:3}")
# The program's static libraries, their headers, the C library, and the headers of the tests.
[[ ${packages[*]} ]] || packages=(libc6-dev linux-libc-dev libboost1.74-dev
    libboost-program-options1.74-dev libre2-dev libdeflate-dev libmaxminddb-dev libxxhash-dev
    libzstd-dev zlib1g-dev nlohmann-json3-dev doctest-dev)

# The folder is built next to its final place, and moved there once it is complete.
part=$(realpath -m "$folder").part
trap 'rm -rf "$part"' EXIT
rm -rf "$part"
mkdir -p "$part/apt/lists/partial" "$part/debs" "$part/root/packages"

# The package lists of that architecture only, kept apart from the system's own.
apt=(apt-get -o "Dir::State::lists=$part/apt/lists" -o "APT::Architecture=$architecture"
    -o "APT::Architectures=$architecture" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
    -o Acquire::Languages=none -o "APT::Sandbox::User=$(id -un)" -o APT::Update::Error-Mode=any)
"${apt[@]}" update
cd "$part/debs"
"${apt[@]}" download "${packages[@]}"
for deb in *.deb; do
    dpkg-deb --extract "$deb" ../root
    # shellcheck disable=SC2016 # dpkg-deb expands the names
    name=$(dpkg-deb --showformat '${Package}_${Version}_${Architecture}' --show "$deb")
    dpkg-deb --fsys-tarfile "$deb" | tar --list | sed 's|^\./|/|' >"../root/packages/$name.list"
done
cd - >/dev/null
rm -rf "$folder"
mv "$part/root" "$folder"
