#!/usr/bin/env bash
# What `./package.sh check` runs. package.sh reads this file, and has the functions `stage`, `quietly`,
# `need`, `compile` and so on, and the variables of cmake/packages.sh.
# shellcheck disable=SC2154

# Neither of the two programs that display man pages may print a warning about it.
check_man_page() {
    local warnings
    quietly mandoc -T lint -W warning "$1"
    warnings=$(LC_ALL=C.UTF-8 man --warnings -E UTF-8 -Tutf8 -Z -l "$1" 2>&1 >/dev/null) ||
        fail "man cannot show $1: $warnings"
    [[ -z $warnings ]] || fail "man prints warnings about $1: $warnings"
}

# Any npm with its node will do: Debian's npm cannot be installed alongside a node from another source.
need_node() {
    command -v npm >/dev/null || need 'render the dashboard' nodejs npm
}

# Any java of a version that Spark supports will do.
need_java() {
    command -v java >/dev/null || need 'test the Spark job' default-jre-headless
}

# No program may contain the name of the folder in which it was built.
check_no_trace() {
    local program
    for program in build/stage/cloudhijack/bin/linux_*/cloudhijack; do
        if grep --quiet --fixed-strings "$PWD" "$program"; then
            fail "$program contains the name of this folder, $PWD, so its bytes depend on the folder"
        fi
    done
}

check_format() {
    find bin_src tests -name '*.[ch]pp' -exec clang-format-19 --dry-run -Werror {} +
}

# clang-tidy lints the units of the unity build, which include the sources. The analyzer would treat the
# sources as headers and skip them, hence analyze-headers. In shallow mode it follows calls less far,
# and needs less than half of the time.
lint() {
    quietly cmake --preset sanitize
    quietly run-clang-tidy-19 -quiet -p build/sanitize \
        -extra-arg=-Xclang -extra-arg=-analyzer-opt-analyze-headers \
        -extra-arg=-Xclang -extra-arg=-analyzer-config \
        -extra-arg=-Xclang -extra-arg=mode=shallow \
        '/bin_src/'
}

# inspect_package [TAG...]: checks the package, with all of AppInspect's tags if none is given.
inspect_package() {
    python3 tests/package/appinspect_check.py "$spl" "$@"
    python3 tests/package/slim_check.py "$spl"
    python3 tests/package/bill_check.py "$spl"
    python3 tests/package/hardening_check.py build/release/cloudhijack "build/$other/cloudhijack"
    check_no_trace
}

# test_other SUITE...: runs end-to-end tests of the program for the other architecture, and checks that
# it gives the same bytes as the one for this machine.
test_other() {
    unpack
    local suites
    suites=$(IFS='|' && echo "$*")
    local -x CLOUDHIJACK_EMULATOR=qemu-$other-static
    CLOUDHIJACK_PACKAGED=$PWD/build/unpacked/cloudhijack/bin/linux_$other/cloudhijack \
        ctest --preset release --tests-regex "^e2e[.]test_($suites)\$"
    (cd tests/package && CLOUDHIJACK_SPL=../../$spl python3 -B -m unittest -v architectures_test)
}

# Tests the sandbox on a kernel for aarch64, which the emulation of single programs does not have.
test_other_kernel() {
    [[ $other == aarch64 ]] || return 0 # the other tests have one
    need "start Linux for $other" qemu-system-arm cpio
    local packages=build/kernel/$other
    if [[ ! -d $packages ]]; then
        say "fetching a kernel for $other"
        fetch "fetch a kernel for $other" cmake/sysroot.sh "$(debian_name "$other")" "$packages" \
            '?reverse-depends(?exact-name(linux-image-arm64))' busybox-static
    fi
    compile "$other" cloudhijack_sandbox_tests
    python3 -B tests/sandbox/kernel_check.py "build/$other" "$packages"
}

# Tests the Debian packages and the tarballs.
test_shell_packages() {
    local name
    for name in "$machine" "$other"; do
        python3 tests/package/bill_check.py "dist/cloudhijack-$(version)-linux-$name.tar.gz"
    done
    (cd tests/package && python3 -B -m unittest -v shell_packages_test)
}

# Tests the container image, which is made of a tarball.
test_image() {
    need 'build a container image' buildah
    (cd tests/package && python3 -B -m unittest -v image_test)
}

# Tests everything that uses threads, under ThreadSanitizer.
test_threads() {
    compile sanitize-threads cloudhijack cloudhijack_tests
    build/sanitize-threads/tests/cloudhijack_tests --source-file='*/scan/*'
    ctest --preset sanitize-threads --tests-regex \
        '^e2e[.]test_(damaged_records|files|geoip|interrupt|merge|parallel|scan|scan_output|time_range|zstd)$'
}

# check [--all]: runs the checks that every commit needs, or all checks.
check() {
    local tags=(cloud private_app)
    local emulated=(conversation vectors)
    local sanitized=(--exclude-regex '^e2e[.]')
    local faults=()
    if [[ ${1-} == --all ]]; then
        tags=() sanitized=() faults=(--long)
        # The suites that test reading and detection, without those that measure memory or take minutes.
        emulated=(comparison conversation day forms hunt_comparison options record_shapes vectors)
    fi
    need 'check' clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev \
        shellcheck libmagic1 busybox mandoc man-db zsh zstd parallel chromium fonts-liberation \
        lintian qemu-user-static strace valgrind
    need_node
    need_python
    stage 'checking the format of the sources' check_format
    stage 'checking the Python files' python3 tests/package/python_check.py
    stage 'checking the links' python3 -B tests/layout/links_check.py
    stage 'checking the language' python3 -B tests/layout/language_check.py
    stage 'linting the searches' python3 -B tests/package/spl_check.py
    package 'the program and its shell files' cloudhijack shell_texts
    stage 'linting the scripts' \
        shellcheck package.sh .ci/run {app/bin,cmake,tests}/*.sh build/release/shell/cloudhijack.bash
    stage 'checking the man page' check_man_page build/release/shell/cloudhijack.1
    stage 'checking the icon against the script that draws it' python3 app/draw_icon.py --check
    stage 'inspecting the package' inspect_package "${tags[@]}"
    stage 'making the packages for use without Splunk' shell_packages deb tarball
    stage 'testing the packages for use without Splunk' test_shell_packages
    stage 'checking the databases of addresses for tests' \
        python3 -B tests/package/geoip_check.py
    stage 'checking the Sigma rules' python3 tests/package/sigma_check.py
    stage 'checking the conf files' \
        python3 -B tests/package/conf_check.py build/release/cloudhijack
    stage 'calibrating the stand-in splunkd' python3 -B tests/package/sdk_check.py
    stage 'checking the conversion of Parquet' \
        python3 -B tests/package/parquet_check.py build/release/cloudhijack
    stage 'checking the rules of Enterprise Security' python3 tests/package/contentctl_check.py
    stage 'linting the sources' lint
    CLOUDHIJACK=$PWD/build/release/cloudhijack \
        stage 'testing the dashboard' python3 -B tests/view/test_overview.py
    CLOUDHIJACK=$PWD/build/release/cloudhijack \
        stage 'testing the page Start here' python3 -B tests/view/test_start.py
    CLOUDHIJACK=$PWD/build/release/cloudhijack \
        stage 'testing the HTML report' python3 -B tests/view/test_report.py
    stage 'running the longest suites' ctest --preset release --label-regex long
    stage 'building the program with an allocator that fails' \
        compile release cloudhijack_failing_malloc
    CLOUDHIJACK=$PWD/build/release/cloudhijack \
        stage 'running the program with faults around it' \
        python3 -B tests/faults/faults_run.py "${faults[@]}"
    CLOUDHIJACK=$PWD/build/release/cloudhijack \
        stage 'counting the work that crafted inputs cause' python3 -B tests/cost/cost_check.py
    stage "testing the program for $other" test_other "${emulated[@]}"
    if [[ ${1-} == --all ]]; then
        stage "testing the sandbox on a kernel for $other" test_other_kernel
        stage 'testing the container image' test_image
        stage 'checking that all contenders of the benchmark find the same' bench --smoke
        need_java
        CLOUDHIJACK=$PWD/build/release/cloudhijack \
            stage 'testing the Spark job' python3 -B tests/spark/spark_check.py
        stage 'checking the comparison with other tools' bench --peers --smoke
        stage 'checking the sums of merged states' bench --states --smoke
        stage 'searching 100 million events' python3 -B tests/soak/soak.py build/release/cloudhijack
        stage 'testing the threads of scan' test_threads
    fi

    # Last, so that the output ends with ctest's summary, which reports the seconds.
    stage 'building with sanitizers' compile sanitize all
    if [[ ${1-} == --all ]]; then
        stage 'searching a million events under sanitizers' \
            python3 -B tests/soak/soak.py build/sanitize/cloudhijack --events 1000000 --sanitized
    fi
    say 'testing under sanitizers ...'
    ctest --preset sanitize "${sanitized[@]}"
}
