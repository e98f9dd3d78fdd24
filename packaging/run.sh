#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# From a clone to a result: installs what is missing, builds, and opens the window.
#
#   packaging/run.sh [--cpu] [--no-encoder] [PICTURE or FOLDER...]
#
# Where an NVIDIA driver answers, the build for its cards is made and used, once 3.9 GB have been
# downloaded for it; --cpu or DFD_GPU=0 declines. If a panel has experts on an encoder that is not
# there yet, it is downloaded once (79 MB); with --no-encoder, or without a network, the panel works
# without them.
# Without a display it scores on the command line instead (the samples, if no path is given) and
# writes heatmaps to build/heatmaps. Paths are relative to the folder it is called from.
#   DFD_HEATMAPS   another folder for the heatmaps
#   DFD_PANEL      another panel than the bundled one, for the run without a display
# Scores go to stdout, everything else to stderr; the exit status is the program's.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source-path=SCRIPTDIR source=gpu.sh
source "$root/packaging/gpu.sh"

encoder=yes
while (($#)); do
    case $1 in
    --cpu) export DFD_GPU=0 ;;
    --no-encoder) encoder=no ;;
    *) break ;;
    esac
    shift
done
for argument in "$@"; do
    case $argument in
    -h | --help)
        sed -n '3,16s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
        exit 0
        ;;
    esac
done
# Before minutes of building: a path that is not there.
for path in "$@"; do
    [[ -e $path ]] || fail "'$path' does not exist."
done

"$root/packaging/setup.sh"
# A fresh build needs no tests; one that has them keeps them.
build() {
    local options=()
    [[ -e $root/build/$1/CMakeCache.txt ]] || options+=(-DDFD_TESTS=OFF)
    build_preset "$1" 1536 "${options[@]}"
}
preset=$(chosen_preset)
if [[ $preset == gpu ]] && ! ("$root/packaging/setup.sh" --gpu && build gpu); then
    say "The build for NVIDIA cards failed for the reason above; using the build for the processor."
    preset=release
fi
[[ $preset == gpu ]] || build release
bin=$root/build/$preset/bin
if [[ $preset == gpu && -n ${LD_LIBRARY_PATH:-} ]]; then
    LD_LIBRARY_PATH=$(without_foreign_cudnn "$LD_LIBRARY_PATH")
fi

# The program itself says which experts lack their encoder, and goes on without them.
if [[ $encoder == yes && $("$bin/dfd" panel list 2>&1 >/dev/null) == *'setup.sh --encoder'* ]]; then
    "$root/packaging/setup.sh" --encoder || say "The panel is used without the experts that need the encoder."
fi

# GNU's OpenMP spins for milliseconds before a waiting thread sleeps, which beside other programs
# takes the time from the thread that is waited for: an expert then takes twice as long. This covers
# the gap between two layers.
[[ -n ${OMP_WAIT_POLICY:-} ]] || export GOMP_SPINCOUNT=${GOMP_SPINCOUNT:-2000}

if [[ -n ${DISPLAY:-} || -n ${WAYLAND_DISPLAY:-} ]]; then
    say "Opening the window."
    exec "$bin/deepfake-defenders" "$@"
fi

heatmaps=${DFD_HEATMAPS:-$root/build/heatmaps}
panel=${DFD_PANEL:-starter}
say "There is no display, so pictures are scored on the command line, with the panel '$panel'."
if (($# == 0)); then
    set -- "$root/resources/samples"
    say "No path was given, so these are the samples: renderings, which a panel that was measured on photographs may take for generated. resources/samples/README.md says what each of them is."
fi
status=0
"$bin/dfd" score --recursive --panel "$panel" --heatmaps "$heatmaps" -- "$@" || status=$?
[[ -d $heatmaps ]] && say "Heatmaps, one per expert and their mean, are in $heatmaps."
exit "$status"
