# Sourced by ./bootstrap check: every build, every test, and one line that counts them.
#
# Builds: gcc (all tests), clang (it compiles without a warning), ASan+UBSan (all tests but
# those over other people's servers), TSan (threads and screens), without what only Linux has
# (signals and wake-ups), and distcheck. The results of a tree that did not change since are
# shown again, not obtained again, and it says so.

RESULTS=$BUILD/check
LAMBDIG_PARTNERS=$PWD/$BUILD/partners # other people's software is obtained once for all builds
LAMBDIG_SHARED=${LAMBDIG_SHARED:-$PWD/../shared}
export LAMBDIG_PARTNERS LAMBDIG_SHARED
mkdir -p "$RESULTS"

fingerprint() {
    { find src ui themes tests docs bootstrap configure.ac Makefile.am README.md -type f ! -name '*.pyc' \
        -exec sha256sum {} + | sort
      cc --version
      find "$LAMBDIG_SHARED" -type f -exec sha256sum {} + 2>/dev/null | sort; } | sha256sum
}

# One line for each case: PASS, FAIL or SKIP, then its build and its name.
collect() { # NAME DIRECTORY
    find "$2" -name '*.trs' | sort | while read -r trs; do
        log=${trs%.trs}.log
        name=$1:$(printf '%s' "${trs%.trs}" | sed "s|^$2/||")
        if grep -q '^\[==========\] .*[0-9] test(s) run' "$log" 2>/dev/null; then
            sed -n -e "s|^\[       OK \] \(.*\)|PASS $name:\1|p" -e "s|^\[  FAILED  \] \([a-z].*\)|FAIL $name:\1|p" \
                -e "s|^\[  SKIPPED \] \([a-z].*\)|SKIP $name:\1|p" "$log" | sort -u
            if grep -q ':test-result: FAIL\|:test-result: ERROR' "$trs" &&
                ! grep -q '^\[  FAILED  \] [a-z]' "$log"; then
                printf 'FAIL %s\n' "$name"
            fi
        elif grep -q '^lambdig-case: ' "$log" 2>/dev/null; then
            sed -n -e "s|^lambdig-case: \([A-Z]*\) |\1 $name:|p" "$log"
            if grep -q ':test-result: FAIL\|:test-result: ERROR' "$trs" &&
                ! grep -q '^lambdig-case: FAIL' "$log"; then
                printf 'FAIL %s\n' "$name"
            fi
        else
            sed -n "s|^:test-result: \([A-Z]*\).*|\1 $name|p" "$trs" | sed 's/^ERROR/FAIL/'
        fi
    done || true
}

run_tests() { # NAME DIRECTORY MAKE-ARGUMENT...
    name=$1 where=$2
    shift 2
    find "$where" -name '*.trs' -exec rm -f {} +
    say "tests: $name"
    make -s -C "$where" -j"$JOBS" check "$@" >"$where/check.log" 2>&1 || true
    collect "$name" "$where" >"$RESULTS/$name.txt"
    if [ ! -s "$RESULTS/$name.txt" ]; then
        tail -n 30 "$where/check.log" >&2
        echo "FAIL $name:no test ran" >"$RESULTS/$name.txt"
    fi
}

build_and_test() { # NAME "CONFIGURE ARGUMENT..." MAKE-ARGUMENT...: a build that fails is a failure that counts
    name=$1 arguments=$2
    shift 2
    if (eval "build_in \"\$BUILD/\$name\" --enable-werror $arguments"); then
        run_tests "$name" "$BUILD/$name" "$@"
    else
        echo "FAIL $name:build" >"$RESULTS/$name.txt"
    fi
}

one_result() { # NAME COMMAND...: a whole step as one case
    name=$1
    shift
    say "tests: $name"
    if ("$@") >"$RESULTS/$name.log" 2>&1; then
        echo "PASS $name" >"$RESULTS/$name.txt"
    else
        tail -n 30 "$RESULTS/$name.log" >&2
        echo "FAIL $name" >"$RESULTS/$name.txt"
    fi
}

run_with_flags() { # what follows -- goes to lambdig; the program is not built again
    before=$(ls -l --time-style=full-iso "$BUILD/lambdig")
    ./bootstrap run -- --format json | tail -n 1 | grep '"kind":"summary"' &&
        [ "$before" = "$(ls -l --time-style=full-iso "$BUILD/lambdig")" ]
}

show_and_count() {
    cat "$RESULTS"/*.txt >"$RESULTS/all"
    grep -h '^FAIL\|^SKIP' "$RESULTS/all" || true
    for log in $(grep -l ':test-result: \(FAIL\|ERROR\|SKIP\)' $(find "$BUILD" -name '*.trs') /dev/null 2>/dev/null | sed 's/trs$/log/'); do
        printf -- '--- %s\n' "$log"
        tail -n 60 "$log"
    done
    passed=$(grep -c '^PASS' "$RESULTS/all" || true)
    failed=$(grep -c '^FAIL' "$RESULTS/all" || true)
    skipped=$(grep -c '^SKIP' "$RESULTS/all" || true)
    [ -d "$LAMBDIG_SHARED/corpus" ] ||
        say "note: the labelled logs are not here (LAMBDIG_SHARED); the tests over them did not run"
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" = 0 ]
}

now=$(fingerprint)
if [ -z "${CI:-}" ] && [ -e "$RESULTS/fingerprint" ] && [ "$(cat "$RESULTS/fingerprint")" = "$now" ]; then
    say "nothing changed since these results of $(date -r "$RESULTS/fingerprint" '+%F %T'); remove $RESULTS to run all again"
    show_and_count
    exit
fi
rm -rf "$RESULTS"
mkdir -p "$RESULTS"

one_result run ./bootstrap run
one_result run-again run_with_flags
build_and_test gcc ''
one_result clang build_in "$BUILD/clang" --enable-werror CC=clang
# The program restores the terminal itself on a fatal signal; the sanitizer must not come before it.
ASAN_OPTIONS=handle_segv=0:handle_abort=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0
export ASAN_OPTIONS
build_and_test asan "--enable-sanitize=address,undefined CFLAGS='-g -O1'" LAMBDIG_SANITIZED=1
unset ASAN_OPTIONS
build_and_test tsan "--enable-sanitize=thread CFLAGS='-g -O1'" LAMBDIG_SANITIZED=1 TESTS='$(TSAN_TESTS)'
build_and_test portable "--disable-linux-fds CFLAGS='-g -O1'" TESTS='$(PORTABLE_TESTS)'
one_result distcheck make -s -C "$BUILD/gcc" distcheck DISTCHECK_CONFIGURE_FLAGS=-q

if show_and_count; then
    printf '%s\n' "$now" >"$RESULTS/fingerprint"
    exit 0
fi
exit 1
