#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds, and runs every test. Needs no display.
#
#   packaging/test.sh [--asan | --preset NAME] [CTEST OPTION...]
#
# The default preset is release, so what packaging/run.sh has built is used again. The preset ci makes
# warnings errors, and --asan is --preset asan. Options that follow go to ctest (-R NAME ...).
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

preset=release
while (($#)); do
    case $1 in
    --asan) preset=asan ;;
    --preset)
        (($# > 1)) || fail "--preset needs a name; CMakePresets.json lists them."
        preset=$2
        shift
        ;;
    --preset=*) preset=${1#--preset=} ;;
    *) break ;;
    esac
    shift
done

"$root/packaging/setup.sh" --tests
memory=1536
[[ $preset == asan ]] && memory=2560
build_preset "$preset" "$memory" -DDFD_TESTS=ON

# Tests see no screen and none of the user's panels and settings.
export QT_QPA_PLATFORM=${QT_QPA_PLATFORM:-offscreen}
unset DFD_PANELS DFD_PANEL DFD_HEATMAPS
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
exit "$status"
