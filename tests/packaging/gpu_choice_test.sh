#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Which build packaging/run.sh would make, with programs in place of nvidia-smi. Builds and fetches
# nothing.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR/../../packaging source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../packaging/common.sh"
# shellcheck source-path=SCRIPTDIR/../../packaging source=gpu.sh
source "${root:?}/packaging/gpu.sh"

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/bin"
PATH=$place/bin:$PATH
export DFD_NVIDIA_VERSION=$place/version
gpu_folder=$place/libtorch
failures=0

# nvidia_smi DRIVER CAPABILITY: what it prints when asked; nothing and a failure without a driver.
nvidia_smi() {
    # shellcheck disable=SC2016 # $1 is the made script's
    printf '#!/bin/sh\n[ -n "%s" ] || exit 9\ncase $1 in *driver_version*) echo "%s" ;; *compute_cap*) echo "%s" ;; esac\n' \
        "$1" "$1" "$2" >"$place/bin/nvidia-smi"
    chmod +x "$place/bin/nvidia-smi"
}

# expect PRESET WORDS WHAT: the choice, and words of what is said with it (empty: nothing is said).
expect() {
    local preset said
    preset=$(chosen_preset 2>"$place/said")
    said=$(<"$place/said")
    if [[ $preset != "$1" || $said != *"$2"* || (-z $2 && -n $said) ]]; then
        printf 'FAILED: %s: preset %s, said "%s"; expected %s and "%s".\n' "$3" "$preset" "$said" "$1" "$2"
        failures=$((failures + 1))
    fi
}

if [[ $(uname -m) == x86_64 ]]; then
    nvidia_smi 550.54.14 8.9
    expect gpu 'download of 3.9 GB; to decline, use DFD_GPU=0 or --cpu' 'a card of today'
    nvidia_smi $'550.54.14\n550.54.14' $'6.1\n8.6'
    expect gpu 'An NVIDIA card was found' 'an old card beside a newer one'
    nvidia_smi 470.82.01 8.6
    expect release 'driver 470.82.01 is older than 525' 'an old driver'
    nvidia_smi 550.54.14 6.1
    expect release 'compute capability 6.1' 'an old card'
    nvidia_smi 550.54.14 8.9
    nvidia_smi 595.10 13.0
    expect release 'compute capability 13.0' 'a card of tomorrow'
    nvidia_smi 580.65 11.0
    expect release 'compute capability 11.0' 'a card without machine code'
    nvidia_smi 580.65 12.1
    expect gpu 'An NVIDIA card was found' 'a Blackwell card'
    nvidia_smi 550.54.14 8.9
    DFD_GPU=0 expect release '' 'declined'

    # Fetched already: nothing is left to download.
    mkdir -p "$gpu_folder/unpacked"
    gpu_wheels | while read -r requirement hash _; do echo "$hash" >"$gpu_folder/unpacked/$requirement"; done
    expect gpu 'the build for it is used; to decline, use DFD_GPU=0' 'all wheels unpacked'
    first=$(gpu_wheels | head -n 1 | cut -d ' ' -f 1)
    echo of-another-version >"$gpu_folder/unpacked/$first"
    expect gpu 'download of 0.9 GB' 'one wheel of another version'

    rm "$place/bin/nvidia-smi"
    if ! command -v nvidia-smi >/dev/null; then
        echo 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.161.07  Sat Feb 17 22:55:48 UTC 2024' >"$place/version"
        expect gpu 'An NVIDIA card was found' 'the driver without its tools'
        echo 'nonsense' >"$place/version"
        expect release 'The build for the processor is used' 'a version that cannot be read'
        rm "$place/version"
        expect release '' 'no driver at all'
    fi
fi
nvidia_smi '' ''
expect release 'nvidia-smi finds no card' 'tools without a card'

[[ $(gpu_wheels | wc -l) == $(grep -c '^[^#]*==' "$gpu_pins") ]] || {
    echo 'FAILED: not every pin has its digest and size.'
    failures=$((failures + 1))
}
mkdir "$place/cuda" "$place/other"
touch "$place/cuda/libcudnn_graph.so.9"
kept=$(without_foreign_cudnn "$place/other:$place/cuda:/opt/lib" 2>"$place/said")
if [[ $kept != "$place/other:/opt/lib" || $(<"$place/said") != *"$place/cuda, which holds another cuDNN"* ]]; then
    echo "FAILED: LD_LIBRARY_PATH became '$kept'."
    failures=$((failures + 1))
fi

# Before 2.10 the experts' threads would change a table of cuBLAS at the same time.
[[ $(gpu_wheels | sed -nE 's/^torch==2\.([0-9]+).*/\1/p') -ge 10 ]] || {
    echo 'FAILED: the pinned LibTorch is older than 2.10.'
    failures=$((failures + 1))
}
exit "$((failures > 0))"
