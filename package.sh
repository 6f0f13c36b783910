#!/usr/bin/env bash
# The one entry for people and CI; see `./package.sh help`.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

usage() {
    cat <<'END'
usage: ./package.sh [command]

  (none)  makes the app's package, dist/cloudhijack-<version>.spl, and SHA256SUMS beside it
  build   builds the program, build/release/cloudhijack, and its completions and man page,
          build/release/shell; `cmake --install build/release` installs them
  demo    builds the program and shows it at work on made-up events
  unit [NAME | OPTION...]
          builds the unit tests without optimisation and runs them, or only those whose names
          contain NAME; an option goes to doctest: --source-file='*time_test*'
  test    builds the program, the package and the unit tests, and runs the tests, end to end on the
          program in the package
  test --long
          the same, with 500 random clusters instead of 50, and with the three longest suites
  check   runs the other checks that a commit needs: format, lint, the package's checks, the three
          longest suites, some tests of the program for the other kind of machine, which is
          emulated, and the unit tests and fuzz corpora under sanitizers
  check --all
          runs everything that a release needs: also all of AppInspect's tags, all emulated tests,
          the benchmark's contenders, and the end-to-end tests under sanitizers
  reproduce
          makes the last commit's package again, in another folder, and compares the bytes
  bench   times the program against the tools that people use instead
  bench --smoke
          only checks that all of them find the same
  help    shows this text

Each command installs the Debian packages that are missing, as root or through sudo, and names
them.
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
    command -v "$1" >/dev/null || fail "needs $1, which is not there"
}

# stage NAME COMMAND...: runs one part of the work, and reports the seconds that it took.
stage() {
    local name=$1 start=$SECONDS
    shift
    say "$name ..."
    "$@"
    say "$name: $((SECONDS - start)) s"
}

# Of ninja's lines for steps only every 10th, and all other lines, which are a compiler's messages.
every_10th_step() {
    local line count=0
    while IFS= read -r line; do
        if [[ $line == '['*/*']'* ]] && ((++count % 10)); then continue; fi
        printf '%s\n' "$line"
    done
}

# compile PRESET TARGET...: on a terminal ninja shows its progress in one line.
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

# fetch WHAT COMMAND...: runs a command that wants the network. Of all that it says when it fails,
# the first error is the one that tells.
fetch() {
    local what=$1 output error
    shift
    is_there "$1"
    output=$("$@" 2>&1) || {
        error=$(grep -m1 -E '^(E:|ERROR:)' <<<"$output") || error=${output##*$'\n'}
        fail "cannot $what, is there a network? ($error)"
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

# need PURPOSE PACKAGE...: installs those Debian packages that are not there yet.
need() {
    local purpose=$1 package lacking=()
    shift
    if ! command -v apt-get >/dev/null; then
        say "no Debian here: to $purpose, have what Debian calls $*"
        return
    fi
    for package in "$@"; do
        is_installed "$package" || lacking+=("$package")
    done
    [[ ${#lacking[@]} != 0 ]] || return 0
    say "installing, to $purpose: ${lacking[*]}"
    [[ $(id -u) == 0 ]] || command -v sudo >/dev/null ||
        fail "needs root or sudo to install: ${lacking[*]}"
    fetch 'update the list of packages' as_root apt-get -o APT::Update::Error-Mode=any update
    fetch "install ${lacking[*]}" as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends "${lacking[@]}"
}

# Any python3 with pip and venv will do, so Debian's is installed only where there is none.
need_python() {
    python3 -c 'import ensurepip, pip, venv' 2>/dev/null ||
        need 'fetch simdjson and run scripts' python3 python3-pip python3-venv
}

# What every build with the machine's own compiler needs.
prepare() {
    need_python
    need 'build' g++ cmake ninja-build \
        libboost-program-options-dev libdeflate-dev nlohmann-json3-dev doctest-dev libre2-dev \
        libxxhash-dev zlib1g-dev
    fetch 'fetch simdjson' cmake -P cmake/simdjson.cmake
}

# build WHAT TARGET...: of the release preset.
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

# The machines that the package has programs for, as `uname -m` says.
machine=$(uname -m)
case $machine in
    x86_64) other=aarch64 other_debian=arm64 ;;
    aarch64) other=x86_64 other_debian=amd64 ;;
    *) other= ;;
esac

# The program for the machine that this one is not.
build_other() {
    need "build for $other" "g++-${other/_/-}-linux-gnu"
    local sysroot=build/sysroot/$other
    if ! cmp -s cmake/sysroot.sh "$sysroot/made-by"; then
        say "fetching the libraries for $other"
        fetch "fetch the libraries for $other" cmake/sysroot.sh "$other_debian" "$sysroot"
        cp cmake/sysroot.sh "$sysroot/made-by"
    fi
    stage "building the program for $other" compile "$other" cloudhijack
}

# What keeps a package from being made is better told before the long builds.
check_surroundings() {
    [[ $other ]] || fail "makes the package on x86_64 and aarch64 only; this machine is $machine"
    { mkdir -p dist && [[ -w dist ]]; } 2>/dev/null ||
        fail "cannot write to $PWD/dist"
    local changed
    changed=$(git status --porcelain 2>/dev/null) || return 0 # no clone: nothing to compare with
    [[ $changed ]] || return 0
    changed=$(cut -c 4- <<<"$changed") # without the letters for what happened
    say "warning: the package will be of no commit, there are changes: ${changed//$'\n'/, }"
}

spl= # the package that pack() has made

# package WHAT TARGET...: makes the package, and builds those targets, the program among them.
package() {
    check_surroundings
    build "$@"
    build_other
    stage 'making the package' pack
}

# The same input gives the same bytes: neither folder, clock, user, umask nor the order of files
# shows.
pack() {
    local layout=build/stage name version
    rm -rf "$layout"
    quietly cmake --install build/release --component app --strip --prefix "$layout"
    quietly cmake --install "build/$other" --component app --strip --prefix "$layout"
    name=$(build/release/cloudhijack --version) # "cloudhijack <version>"
    version=${name#* }
    python3 cmake/bill_of_materials.py "$version" "$layout/cloudhijack" \
        "$machine=build/release" "$other=build/$other" >"$layout/cloudhijack/licenses/bom.cdx.json"
    spl=dist/cloudhijack-$version.spl
    trap 'rm -f "$spl.part"' EXIT
    tar --create --directory "$layout" --format ustar --sort name --mtime 2026-01-01T00:00Z \
        --owner root:0 --group root:0 --mode u=rwX,go=rX --hard-dereference cloudhijack |
        gzip --no-name --best >"$spl.part" || fail "cannot write $spl"
    mv "$spl.part" "$spl"
    (cd dist && sha256sum "${spl#dist/}" >SHA256SUMS)
}

# Unpacks the package, as an install does, for tests of the programs inside.
unpack() {
    rm -rf build/unpacked
    mkdir -p build/unpacked
    tar --extract --gzip --file "$spl" --directory build/unpacked
}

# test_package [OPTION...]: the machine's own program, as the package brings it, goes through the
# tests that ctest's options select. ctest reports its seconds itself.
test_package() {
    need 'test completions' zsh
    package 'the program and the tests' all
    unpack
    say 'testing ...'
    CLOUDHIJACK_PACKAGED=$PWD/build/unpacked/cloudhijack/bin/linux_$machine/cloudhijack \
        ctest --preset release "$@"
}

# Makes the last commit's package again, from nothing, in another folder with other settings.
reproduce() {
    [[ ! $(git status --porcelain) ]] || fail 'there are changes: commit them first'
    package 'the program' cloudhijack
    local elsewhere
    elsewhere=$(mktemp --directory)
    say "making it again, in $elsewhere"
    git clone --quiet . "$elsewhere/clone"
    (umask 077 && TZ=Asia/Kathmandu LC_ALL=C CCACHE_DISABLE=1 "$elsewhere/clone/package.sh")
    cmp "$spl" "$elsewhere/clone/$spl" || fail 'the bytes differ'
    say "the same bytes: $(<dist/SHA256SUMS)"
    rm -rf "$elsewhere"
}

# The contenders come from PyPI, into a folder of their own.
bench() {
    need 'time it against others' libdeflate-tools
    build 'the program' cloudhijack
    local packages=build/bench-packages
    if ! cmp -s tests/bench/requirements.txt "$packages/requirements.txt"; then
        say 'fetching the contenders'
        rm -rf "$packages"
        quietly python3 -m venv "$packages"
        fetch 'fetch the contenders' "$packages/bin/pip" install --disable-pip-version-check \
            --requirement tests/bench/requirements.txt
        cp tests/bench/requirements.txt "$packages/"
    fi
    CLOUDHIJACK=build/release/cloudhijack \
        "$packages/bin/python" -B tests/bench/bench.py build/release/cloudhijack "$@"
}

# Neither of the two programs that show man pages may have anything to say about it.
check_man_page() {
    local warnings
    quietly mandoc -T lint -W warning "$1"
    warnings=$(LC_ALL=C.UTF-8 man --warnings -E UTF-8 -Tutf8 -Z -l "$1" 2>&1 >/dev/null) ||
        fail "man cannot show $1: $warnings"
    [[ -z $warnings ]] || fail "man warns of $1: $warnings"
}

# Any npm with its node will do: Debian's npm does not install beside a node from elsewhere.
need_node() {
    command -v npm >/dev/null || need 'show the dashboard' nodejs npm
}

# No program holds the name of the folder that it was built in.
check_no_trace() {
    local program
    for program in build/stage/cloudhijack/bin/linux_*/cloudhijack; do
        if grep --quiet --fixed-strings "$PWD" "$program"; then
            fail "$program holds the folder's name, $PWD: the same commit gives other bytes elsewhere"
        fi
    done
}

check_format() {
    find bin_src tests -name '*.[ch]pp' -exec clang-format-19 --dry-run -Werror {} +
}

# What is linted are units that include the sources, which the analyzer would take for headers and
# skip. In its shallow mode it follows calls less far, and needs less than half of the time.
lint() {
    quietly cmake --preset sanitize
    quietly run-clang-tidy-19 -quiet -p build/sanitize \
        -extra-arg=-Xclang -extra-arg=-analyzer-opt-analyze-headers \
        -extra-arg=-Xclang -extra-arg=-analyzer-config \
        -extra-arg=-Xclang -extra-arg=mode=shallow \
        '/bin_src/'
}

# inspect_package [TAG...]: with all of AppInspect's tags if none is given.
inspect_package() {
    python3 tests/package/appinspect_check.py "$spl" "$@"
    python3 tests/package/slim_check.py "$spl"
    python3 tests/package/bill_check.py "$spl"
    check_no_trace
}

# test_other SUITE...: end-to-end tests of the program for the other machine, and whether it gives
# the same bytes as this machine's.
test_other() {
    unpack
    local suites
    suites=$(IFS='|' && echo "$*")
    local -x CLOUDHIJACK_EMULATOR=qemu-$other-static
    CLOUDHIJACK_PACKAGED=$PWD/build/unpacked/cloudhijack/bin/linux_$other/cloudhijack \
        ctest --preset release --tests-regex "^e2e[.]test_($suites)\$"
    (cd tests/package && CLOUDHIJACK_SPL=../../$spl python3 -B -m unittest -v architectures_test)
}

# check [--all]: the part that every commit needs, or everything.
check() {
    local tags=(cloud private_app)
    local emulated=(conversation vectors)
    local sanitized=(--exclude-regex '^e2e[.]')
    if [[ ${1-} == --all ]]; then
        tags=() sanitized=()
        # All that reads and judges, and nothing that measures memory or takes minutes.
        emulated=(comparison conversation day forms hunt_comparison options record_shapes vectors)
    fi
    need 'check' clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev \
        shellcheck libmagic1 busybox mandoc man-db zsh chromium fonts-liberation \
        qemu-user-static
    need_node
    need_python
    stage 'checking the format of the sources' check_format
    stage 'checking the Python files' python3 tests/package/python_check.py
    package 'the program and its shell files' cloudhijack shell_texts
    stage 'linting the scripts' \
        shellcheck package.sh .ci/run app/bin/*.sh cmake/*.sh build/release/shell/cloudhijack.bash
    stage 'checking the man page' check_man_page build/release/shell/cloudhijack.1
    stage 'checking that the icon is the one that its script draws' python3 app/draw_icon.py --check
    stage 'inspecting the package' inspect_package "${tags[@]}"
    stage 'checking the Sigma rules' python3 tests/package/sigma_check.py
    stage 'linting the sources' lint
    CLOUDHIJACK=$PWD/build/release/cloudhijack \
        stage 'showing the dashboard' python3 -B tests/view/test_overview.py
    stage 'running the longest suites' ctest --preset release --label-regex long
    stage "testing the program for $other" test_other "${emulated[@]}"
    if [[ ${1-} == --all ]]; then
        stage 'asking the benchmark whether all contenders find the same' bench --smoke
    fi

    # Last, so that the output ends with ctest's summary, which reports the seconds.
    stage 'building with sanitizers' compile sanitize all
    say 'testing under sanitizers ...'
    ctest --preset sanitize "${sanitized[@]}"
}

case $* in
    '')
        package 'the program' cloudhijack
        say "made $spl"
        ;;
    build) build 'the program and its shell files' cloudhijack shell_texts ;;
    demo)
        build 'the program' cloudhijack
        python3 -B tests/e2e/demo.py build/release/cloudhijack build/demo
        ;;
    unit | 'unit '*) unit "${@:2}" ;;
    test) test_package --label-exclude long ;;
    'test --long') CLOUDHIJACK_LONG=1 test_package ;;
    reproduce) reproduce ;;
    bench) bench ;;
    'bench --smoke') bench --smoke ;;
    check) check ;;
    'check --all') check --all ;;
    help) usage ;;
    *)
        usage >&2
        exit 2
        ;;
esac
