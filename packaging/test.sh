#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds, and runs every test. Needs no display.
#
#   packaging/test.sh [--asan | --preset NAME] [--onnx [--wheels FOLDER]] [CTEST OPTION...]
#   packaging/test.sh --preset tidy [FILE OR FOLDER...]
#
# The default preset is release, so what packaging/run.sh has built is used again. The preset ci makes
# warnings errors, --asan is --preset asan, tsan runs the tests of threads, and coverage counts the
# lines that the tests run. --onnx runs the tests of ONNX models, too, with what packaging/setup.sh
# --onnx fetches first, or takes from the folder of wheels. Options that follow go to ctest (-R NAME
# ...). The preset tidy runs clang-tidy instead of tests, on core, ui and app or on what is named.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

preset=release
needs=(--tests)
while (($#)); do
    case $1 in
    -h | --help)
        sed -n '3,13s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
        exit 0
        ;;
    --asan) preset=asan ;;
    --preset)
        (($# > 1)) || fail "--preset needs a name; CMakePresets.json lists them."
        preset=$2
        shift
        ;;
    --preset=*) preset=${1#--preset=} ;;
    --onnx) needs+=(--onnx) ;;
    --wheels)
        (($# > 1)) || fail "--wheels needs a folder."
        needs+=(--wheels "$2")
        shift
        ;;
    *) break ;;
    esac
    shift
done

memory=1536
case $preset in
asan | tsan) memory=2560 ;;
tidy | coverage) needs+=("--$preset") ;;
esac
"$root/packaging/setup.sh" "${needs[@]}"
build_preset "$preset" "$memory" -DDFD_TESTS=ON

if [[ $preset == tidy ]]; then
    (($#)) || set -- core ui app
    # shellcheck disable=SC2001 # a set of characters, each kept
    start=^$(sed 's/[][\\.*^$+?(){}|]/\\&/g' <<<"$root")/
    say "Running clang-tidy on $*."
    exec run-clang-tidy-19 -quiet -j "$(parallel_jobs 2048)" -p "$root/build/tidy" "${@/#/$start}"
fi

# Tests see no screen and none of the user's panels, encoders, settings and languages.
export QT_QPA_PLATFORM=${QT_QPA_PLATFORM:-offscreen}
unset DFD_PANELS DFD_PANEL DFD_HEATMAPS DFD_LANGUAGE
export DFD_ENCODERS=$root/build/$preset/no-encoders
results=$root/build/$preset/test-results
rm -rf "$results"
mkdir -p "$results"
say "Running the tests."
status=0
# A test's process may take more than a GiB.
(cd "$root" && ctest --preset "$preset" --parallel "$(parallel_jobs 3072)" "$@") || status=$?

# Each process wrote its cases as JUnit XML; CTest itself counts processes.
if compgen -G "$results/*.xml" >/dev/null; then
    cat "$results"/*.xml | awk '
        function attribute(name) { return match($0, " " name "=\"[^\"]*\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : "" }
        function finish() { if (case_name == "") return; if (failed) failures++; else if (skipped) { skips++; print "Skipped: " case_name (reason == "" ? "" : ": " reason) } else passes++; case_name = "" }
        /<testcase / { finish(); case_name = attribute("classname") "." attribute("name"); failed = 0; skipped = attribute("result") == "skipped"; reason = "" }
        /<failure/ { failed = 1 }
        /<skipped/ { skipped = 1; reason = attribute("message"); gsub(/(&#x0A;)+$/, "", reason); sub(/^.*&#x0A;/, "", reason) }
        END { finish(); printf "Cases: %d passed, %d failed, %d skipped\n", passes, failures, skips }'
fi

if [[ $preset == coverage ]]; then
    say "Counting the lines that were run."
    (cd "$root/build/coverage" && mkdir -p report &&
        gcovr --root "$root" --filter "$root/(core|ui|app)/" -j "$(nproc)" --csv report/lines.csv \
            --html-details report/index.html .)
    awk -F, '
        NR > 1 { folder = $1; sub(/\/[^\/]*$/, "", folder); lines[folder] += $2; run[folder] += $3; all += $2; all_run += $3 }
        function row(name, run, lines) { printf "%-24s %6d of %6d lines  %5.1f %%\n", name, run, lines, lines ? 100 * run / lines : 0 }
        END { for (folder in lines) row(folder, run[folder], lines[folder]) | "sort"; close("sort"); row("all", all_run, all) }
    ' "$root/build/coverage/report/lines.csv"
    say "Each line is in build/coverage/report/index.html."
fi
exit "$status"
