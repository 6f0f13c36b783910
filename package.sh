#!/usr/bin/env bash
# Builds, tests and packages the app, for people and for CI; see `./package.sh help`.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

usage() {
    cat <<'END'
usage: ./package.sh [command]

  (none)  make the package of the app, dist/cloudhijack-<version>.spl, and dist/SHA256SUMS
  deb     make Debian packages of the program for use without Splunk, with its man page, completions
          and documentation: dist/cloudhijack_<version>_<architecture>.deb, amd64 and arm64
  tarball
          make the same as dist/cloudhijack-<version>-linux-<machine>.tar.gz, x86_64 and aarch64
  build   build the program, build/release/cloudhijack, and its completions and man page in
          build/release/shell; `cmake --install build/release` installs them
  demo    build the program and run it on generated events
  unit [NAME | OPTION...]
          build the unit tests without optimisation, and run all of them or only those whose names
          contain NAME; options are passed to doctest, such as --source-file='*time_test*'
  test    build the program, the package and the unit tests, and run the tests, the end-to-end tests
          with the program in the package
  test --long
          the same, with 500 random clusters instead of 50, and with the three longest suites
  check   run the other checks that a commit needs: formatting, linters, links and language of the
          texts, checks of the packages, the three longest suites, faults around the program, the
          cost of crafted inputs, some tests of the emulated program for the other architecture, and
          the unit tests and fuzz targets under sanitizers
  check --all
          run everything that a release needs: in addition all AppInspect tags, all faults, all
          tests of the emulated program, the sandbox on a kernel for aarch64, the container image,
          the benchmark's contenders, the Spark job, 100 million events, everything that uses
          threads under ThreadSanitizer, and the end-to-end tests under sanitizers
  fuzz [SECONDS] [TARGET...]
          run the fuzz targets for this many seconds each, or for 60; see tests/fuzz/README.md
  reproduce
          make all packages of the last commit twice, the second time in another folder, and compare
          the bytes
  bench   measure the speed of the program and of the tools that people use instead
  bench --smoke
          only check that all of them find the same
  bench --peers [--sigma FOLDER]...
          compare what `scan` and other tools find in the same files; see docs/peers.md
  bench --states [--smoke]
          measure `scan --partial` and `merge` over processes and Spark; see docs/ten-terabytes.md
  help    show this text

Each command installs any missing Debian packages, as root or through sudo, and lists them.
END
}

say() { echo "package.sh: $*"; }

fail() {
    say "$*" >&2
    exit 1
}

# Runs a command whose output matters only if it fails.
quietly() {
    local output
    is_there "$1"
    output=$("$@" 2>&1) || {
        echo "$output" >&2
        fail "failed: $*"
    }
}

is_there() {
    command -v "$1" >/dev/null || fail "$1: not found; install it and try again"
}

# stage NAME COMMAND...: runs one part of the work and reports how many seconds it took.
stage() {
    local name=$1 start=$SECONDS
    shift
    say "$name ..."
    "$@"
    say "$name: $((SECONDS - start)) s"
}

# Prints every 10th of ninja's progress lines, and all other lines, which are messages of a compiler.
every_10th_step() {
    local line count=0
    while IFS= read -r line; do
        if [[ $line == '['*/*']'* ]] && ((++count % 10)); then continue; fi
        printf '%s\n' "$line"
    done
}

# compile PRESET TARGET...: on a terminal, ninja shows its progress on a single line.
compile() {
    local preset=$1
    shift
    quietly cmake --preset "$preset"
    local make=(cmake --build --preset "$preset" --target "$@")
    if [[ -t 1 ]]; then
        NINJA_STATUS='[%f/%t, %e s] ' "${make[@]}"
    else
        "${make[@]}" | every_10th_step
    fi || fail "cannot build $*"
}

# fetch WHAT COMMAND...: runs a command that needs the network. If it fails, the first error in its
# output is usually the cause, so only that one is reported.
fetch() {
    local what=$1 output error
    shift
    is_there "$1"
    output=$("$@" 2>&1) || {
        error=$(grep -m1 -E '^(E:|ERROR:)' <<<"$output") || error=${output##*$'\n'}
        fail "cannot $what; check the network connection ($error)"
    }
}

as_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    else
        sudo "$@"
    fi
}

is_installed() {
    dpkg-query -W -f='${db:Status-Status}\n' "$1" 2>/dev/null | grep -x installed >/dev/null
}

# need PURPOSE PACKAGE...: installs those of the Debian packages that are missing.
need() {
    local purpose=$1 package missing=()
    shift
    if ! command -v apt-get >/dev/null; then
        say "this is not a Debian system; to $purpose, install the equivalents of Debian's $*"
        return
    fi
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    [[ ${#missing[@]} != 0 ]] || return 0
    say "installing Debian packages to $purpose: ${missing[*]}"
    [[ $(id -u) == 0 ]] || command -v sudo >/dev/null ||
        fail "root or sudo is needed to install these Debian packages: ${missing[*]}"
    fetch 'update the list of packages' as_root apt-get -o APT::Update::Error-Mode=any update
    fetch "install ${missing[*]}" as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends "${missing[@]}"
}

# Any python3 with pip and venv will do, so Debian's is installed only if there is none.
need_python() {
    python3 -c 'import ensurepip, pip, venv' 2>/dev/null ||
        need 'fetch simdjson and run scripts' python3 python3-pip python3-venv
}

# Installs and fetches everything that a build with the machine's native compiler needs.
prepare() {
    need_python
    need 'build' g++ cmake ninja-build \
        libboost-program-options-dev libdeflate-dev libmaxminddb-dev nlohmann-json3-dev \
        doctest-dev libre2-dev libxxhash-dev libzstd-dev zlib1g-dev
    fetch 'fetch simdjson' cmake -P cmake/simdjson.cmake
}

# build WHAT TARGET...: builds targets of the release preset.
build() {
    prepare
    stage "building $1" compile release "${@:2}"
}

# unit [NAME | OPTION...]: see the usage.
unit() {
    prepare
    stage 'building the unit tests' compile dev cloudhijack_tests
    [[ $# == 0 || $1 == -* ]] || set -- --test-case="*$**"
    build/dev/tests/cloudhijack_tests "$@"
}

# Which packages there are, and how each is packed.
# shellcheck source=cmake/packages.sh
source cmake/packages.sh

# Builds the program for the architecture that this machine does not have.
build_other() {
    need "build for $other" "g++-${other/_/-}-linux-gnu"
    local sysroot=build/sysroot/$other
    if ! cmp -s cmake/sysroot.sh "$sysroot/made-by"; then
        say "fetching the libraries for $other"
        fetch "fetch the libraries for $other" cmake/sysroot.sh "$(debian_name "$other")" "$sysroot"
        cp cmake/sysroot.sh "$sysroot/made-by"
    fi
    stage "building the program for $other" compile "$other" cloudhijack
}

# Problems that prevent making a package are reported before the long builds.
check_surroundings() {
    [[ $other ]] || fail "the package can be made on x86_64 and aarch64 only; this machine is $machine"
    { mkdir -p dist && [[ -w dist ]]; } 2>/dev/null ||
        fail "cannot write to $PWD/dist"
    local changed
    changed=$(git status --porcelain 2>/dev/null) || return 0 # no clone: nothing to compare with
    [[ $changed ]] || return 0
    changed=$(cut -c 4- <<<"$changed") # without the status letters
    say "warning: the package will not match any commit; uncommitted changes: ${changed//$'\n'/, }"
}

# build_both WHAT TARGET...: builds the targets, and the program for the other architecture.
build_both() {
    check_surroundings
    build "$@"
    build_other
}

# package WHAT TARGET...: builds the targets, which must include the program, and makes the package.
package() {
    build_both "$@"
    stage 'making the package' pack
}

# make_shell_packages KIND: builds the contents of these packages, and makes them.
make_shell_packages() {
    build_both 'the program and its shell files' cloudhijack shell_texts
    stage 'making the packages' shell_packages "$1"
}

# Unpacks the package, as an installation does, to test the programs in it.
unpack() {
    rm -rf build/unpacked
    mkdir -p build/unpacked
    tar --extract --gzip --file "$spl" --directory build/unpacked
}

# test_package [OPTION...]: runs the tests that ctest's options select, with the program for this
# machine from the package. ctest itself reports how many seconds they took.
test_package() {
    need 'test' zsh zstd parallel
    package 'the program and the tests' all
    unpack
    say 'testing ...'
    CLOUDHIJACK_PACKAGED=$PWD/build/unpacked/cloudhijack/bin/linux_$machine/cloudhijack \
        ctest --preset release "$@"
}

# Makes the packages of the last commit again, from scratch, in another folder with other settings.
reproduce() {
    [[ ! $(git status --porcelain) ]] || fail 'there are uncommitted changes; commit them first'
    package 'the program and its shell files' cloudhijack shell_texts
    stage 'making the packages for use without Splunk' shell_packages deb tarball
    local elsewhere clone command
    elsewhere=$(mktemp --directory)
    clone=$elsewhere/clone
    say "making the packages again in $elsewhere"
    git clone --quiet . "$clone"
    for command in '' deb tarball; do
        (umask 077 && TZ=Asia/Kathmandu LC_ALL=C CCACHE_DISABLE=1 "$clone/package.sh" $command)
    done
    (cd dist && sha256sum --check --quiet "$clone/dist/SHA256SUMS") || fail 'the packages differ'
    say "all packages have the same bytes in both folders:
$(<"$clone/dist/SHA256SUMS")"
    rm -rf "$elsewhere"
}

# The contenders are installed from PyPI into a separate folder.
bench() {
    local script=bench.py
    case ${1-} in
        --peers) script=peers.py ;;
        --states) script=states.py ;;
    esac
    [[ $script == bench.py ]] || shift
    [[ $script != states.py ]] || need_java
    need 'run the benchmark' libdeflate-tools jq
    build 'the program' cloudhijack
    local packages=build/bench-packages
    if ! cmp -s tests/bench/requirements.txt "$packages/requirements.txt"; then
        say 'fetching the contenders'
        rm -rf "$packages"
        quietly python3 -m venv "$packages"
        fetch 'fetch the contenders' "$packages/bin/pip" install --disable-pip-version-check \
            --require-hashes --requirement tests/bench/requirements.txt
        cp tests/bench/requirements.txt "$packages/"
    fi
    CLOUDHIJACK=build/release/cloudhijack \
        "$packages/bin/python" -B "tests/bench/$script" build/release/cloudhijack "$@"
}

# fuzz [SECONDS] [TARGET...]: the script has the logic.
fuzz() {
    need 'fuzz' clang-19 libclang-rt-19-dev
    prepare
    stage 'building the fuzz targets' compile sanitize fuzzers cloudhijack
    python3 -B tests/fuzz/run.py "$@"
}

# What `check` runs.
# shellcheck source=tests/checks.sh
source tests/checks.sh

case $* in
    '')
        package 'the program' cloudhijack
        say "made $spl"
        ;;
    deb)
        make_shell_packages deb
        say "made dist/cloudhijack_$(version)_amd64.deb and the same for arm64"
        ;;
    tarball)
        make_shell_packages tarball
        say "made dist/cloudhijack-$(version)-linux-$machine.tar.gz and the same for $other"
        ;;
    build) build 'the program and its shell files' cloudhijack shell_texts ;;
    demo)
        build 'the program' cloudhijack
        python3 -B tests/e2e/demo.py build/release/cloudhijack build/demo
        ;;
    unit | 'unit '*) unit "${@:2}" ;;
    test) test_package --label-exclude long ;;
    'test --long') CLOUDHIJACK_LONG=1 test_package ;;
    fuzz | 'fuzz '*) fuzz "${@:2}" ;;
    reproduce) reproduce ;;
    bench) bench ;;
    'bench --smoke') bench --smoke ;;
    'bench --peers' | 'bench --peers '*) bench "${@:2}" ;;
    'bench --states' | 'bench --states --smoke') bench "${@:2}" ;;
    check) check ;;
    'check --all') check --all ;;
    help) usage ;;
    *)
        usage >&2
        exit 2
        ;;
esac
