#!/usr/bin/env bash
# How the packages are packed, once everything is built. package.sh reads this file, and has the
# functions `quietly` and `fail`.

# The packages are made for two architectures, named as `uname -m` names them.
machine=$(uname -m)
case $machine in
    x86_64) other=aarch64 ;;
    aarch64) other=x86_64 ;;
    *) other= ;;
esac

# debian_name MACHINE: Debian's name of an architecture.
debian_name() {
    if [[ $1 == x86_64 ]]; then echo amd64; else echo arm64; fi
}

# The same input gives the same bytes: no package depends on the folder, the clock, the user, the umask
# or the order of the files. All files in them have this time, 2026-01-01T00:00Z.
packed_at=1767225600

part= # the file that archive() is writing

# archive FILE FOLDER NAME: packs FOLDER/NAME.
archive() {
    part=$1.part
    trap 'rm -f "$part"' EXIT
    tar --create --directory "$2" --format ustar --sort name --mtime "@$packed_at" \
        --owner root:0 --group root:0 --mode u=rwX,go=rX --hard-dereference "$3" |
        gzip --no-name --best >"$part" || fail "cannot write $1"
    mv "$part" "$1"
}

# Writes the digests of all packages in dist, whichever command made them.
write_digests() {
    (shopt -s nullglob && LC_ALL=C && cd dist &&
        sha256sum cloudhijack*.spl cloudhijack*.deb cloudhijack*.tar.gz >SHA256SUMS)
}

version() {
    local name
    name=$(build/release/cloudhijack --version) # "cloudhijack <version>"
    echo "${name#* }"
}

spl= # the package that pack() has made

# Packs the app for Splunk.
pack() {
    local layout=build/stage version
    rm -rf "$layout"
    quietly cmake --install build/release --component app --strip --prefix "$layout"
    quietly cmake --install "build/$other" --component app --strip --prefix "$layout"
    version=$(version)
    python3 cmake/bill_of_materials.py "$version" "$layout/cloudhijack" \
        "bin/linux_$machine/cloudhijack=build/release" \
        "bin/linux_$other/cloudhijack=build/$other" >"$layout/cloudhijack/licenses/bom.cdx.json"
    spl=dist/cloudhijack-$version.spl
    archive "$spl" "$layout" cloudhijack
    write_digests
}

# shell_packages KIND...: makes the packages of these kinds (deb, tarball) for both architectures.
shell_packages() {
    local version of build name folder kind
    version=$(version)
    for of in "$machine" "$other"; do
        build=build/release
        [[ $of == "$machine" ]] || build=build/$of
        name=cloudhijack-$version-linux-$of
        folder=build/shell/$name
        rm -rf "$folder"
        # The files for every architecture come from the build for this machine.
        quietly cmake --install build/release --component shell --prefix "$folder"
        quietly cmake --install build/release --component doc --prefix "$folder"
        rm "$folder/bin/cloudhijack"
        quietly cmake --install "$build" --component shell --strip --prefix "$folder"
        python3 cmake/bill_of_materials.py "$version" "$folder" \
            "bin/cloudhijack=$build" >"$folder/share/doc/cloudhijack/bom.cdx.json"
        for kind in "$@"; do
            case $kind in
                deb)
                    SOURCE_DATE_EPOCH=$packed_at \
                        quietly cmake/deb.sh "$folder" "$(debian_name "$of")" "$version" dist
                    ;;
                tarball) archive "dist/$name.tar.gz" build/shell "$name" ;;
            esac
        done
    done
    write_digests
}
