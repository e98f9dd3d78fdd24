#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds with warnings as errors, and runs every test. Needs no display.
#
#   packaging/test.sh [--asan | --preset NAME] [CTEST OPTION...]
#
# --asan is --preset asan. The default preset is ci. Options that follow go to ctest (-R NAME ...).
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

preset=ci
while (($#)); do
    case $1 in
    --asan) preset=asan ;;
    --preset)
        (($# > 1)) || fail "--preset wants a name; CMakePresets.json lists them."
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
log=$root/build/$preset-tests.log
say "Running the tests."
status=0
(cd "$root" && ctest --preset "$preset" "$@") 2>&1 | tee "$log" || status=$?

mapfile -t skipped < <(sed -nE 's/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: (.*[^ .]) \.*\**(Skipped|Not Run).*/\1/p' "$log")
disabled=$(grep -cE '\*\*\*Not Run \(Disabled\)' "$log" || true)
printf 'Skipped tests: %d (of these, disabled: %d).\n' "${#skipped[@]}" "$disabled"
((${#skipped[@]})) && printf '    %s\n' "${skipped[@]}"
exit "$status"
