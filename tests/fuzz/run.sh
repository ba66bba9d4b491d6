#!/bin/sh
# Builds every fuzz target with clang, libFuzzer, ASan and UBSan, and lets each search for
# FUZZ_SECONDS. What it finds lies in BUILD/findings; the corpus that it grew in BUILD/grown.
#
#   run.sh SOURCE BUILD [TARGET...]      without a target: all of them
set -u
source_dir=$1 build=$2
shift 2
seconds=${FUZZ_SECONDS:-60}
flags='-g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all'
mkdir -p "$build/findings" || exit 99
cd "$build" || exit 99
command -v clang >/dev/null || { echo "fuzz: clang is not here"; exit 77; }

if [ ! -e Makefile ]; then
    "$source_dir/configure" -q CC=clang CFLAGS="$flags -fsanitize=fuzzer-no-link" \
        --enable-sanitize=address,undefined || exit 99
fi
make -s -j2 all >make.log 2>&1 || { tail -n 20 make.log; exit 99; }
libs=$(pkg-config --libs ncursesw libcurl jansson expat yaml-0.1 libcrypto zlib libpcre2-8 libutf8proc)
[ $# -gt 0 ] || set -- $(cd "$source_dir/tests/fuzz" && ls fuzz_*.c | sed 's/^fuzz_//; s/\.c$//')

failed=
for target; do
    mkdir -p "grown/$target"
    # shellcheck disable=SC2086 # lists of words
    clang -std=c17 $flags -fsanitize=fuzzer -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -I"$source_dir" -I. \
        "$source_dir/tests/fuzz/fuzz_$target.c" -o "fuzz_$target" libui.a libcli.a libfeed.a \
        libsource.a libaws.a libconf.a libmodel.a libbase.a $libs -lpthread || exit 99
    printf '%s: ' "$target"
    if "./fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=4096 \
        -print_final_stats=1 -artifact_prefix="findings/$target-" "grown/$target" \
        "$source_dir/tests/fuzz/corpus/$target" >"$target.log" 2>&1; then
        sed -n 's/^stat::number_of_executed_units: */executed /p' "$target.log"
    else
        echo "FOUND SOMETHING, see $build/$target.log"
        grep -v '^#' "$target.log" | tail -n 40
        failed="$failed $target"
    fi
done
[ -z "$failed" ] || { echo "fuzz: findings in$failed"; exit 1; }
