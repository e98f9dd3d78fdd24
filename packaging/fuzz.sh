#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Feeds every reader of untrusted bytes with made-up inputs (libFuzzer) and says what was found.
#
#   packaging/fuzz.sh [--seconds N] [HARNESS...]
#
# Each harness runs for N seconds, 60 unless said otherwise, on one processor. Without names all run:
# tests/fuzz/<harness>_fuzz.cpp. Inputs that reached something new stay in build/fuzz/corpus and are
# the start of the next run. An input that is a finding stays in build/fuzz/findings, and the exit
# status is 1; `build/fuzz/bin/dfd_fuzz_HARNESS FILE` runs it again.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

seconds=60
while (($#)); do
    case $1 in
    --seconds)
        (($# > 1)) || fail "--seconds needs a number."
        seconds=$2
        shift
        ;;
    *) break ;;
    esac
    shift
done

"$root/packaging/setup.sh" --tests --fuzz
build_preset fuzz 2560

bin=$root/build/fuzz/bin
corpus=$root/build/fuzz/corpus
findings=$root/build/fuzz/findings
mkdir -p "$findings"
"$bin/dfd_fuzz_seeds" "$corpus"
"$bin/dfd_fuzz_case_seeds" "$corpus"
if ((!$#)); then
    for file in "$root"/tests/fuzz/*_fuzz.cpp; do
        name=${file##*/}
        name=${name%_fuzz.cpp}
        set -- "$@" "$name"
    done
fi

status=0
for name in "$@"; do
    [[ -x $bin/dfd_fuzz_$name ]] || fail "There is no harness $name; tests/fuzz has them all."
    mkdir -p "$corpus/$name"
    log=$findings/$name.log
    # Libraries that we only call may leak in their own error paths; crashes are what is looked for.
    if ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 "$bin/dfd_fuzz_$name" \
        -max_total_time="$seconds" -max_len=65536 -timeout=25 -rss_limit_mb=3072 \
        -print_final_stats=1 -artifact_prefix="$findings/$name-" "$corpus/$name" >"$log" 2>&1; then
        result="nothing found"
    else
        result="FOUND something: $(grep -m1 -E 'ERROR|SUMMARY|terminate|Assertion' "$log" || true)"
        status=1
    fi
    inputs=$(awk '/stat::number_of_executed_units/ { print $2 }' "$log")
    printf '%-12s %9s inputs  %s\n' "$name" "${inputs:-?}" "$result"
done
exit "$status"
