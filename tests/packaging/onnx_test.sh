#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What packaging/setup.sh --onnx does with its download and with a folder of downloads (--wheels), with
# a program in place of python3. Fetches nothing.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR/../../packaging source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../packaging/common.sh"
# shellcheck source-path=SCRIPTDIR/../../packaging source=onnx.sh
source "${root:?}/packaging/onnx.sh"

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/bin"
PATH=$place/bin:$PATH
onnx_folder="$place/engine of models"
failures=0

# script NAME LINES: a program of that name, first in PATH.
script() {
    printf '#!/usr/bin/env bash\n%s\n' "$2" >"$place/bin/$1"
    chmod +x "$place/bin/$1"
}

# expect STATUS WORDS WHAT: of fetch_onnx; what it says has those words.
expect() {
    local status=0 said
    fetch_onnx 2>"$place/said" || status=$?
    said=$(<"$place/said")
    if [[ $status != "$1" || $said != *"$2"* ]]; then
        printf 'FAILED: %s: status %s, said "%s"; expected %s and "%s".\n' "$3" "$status" "$said" "$1" "$2"
        failures=$((failures + 1))
    fi
}

script uname 'echo aarch64'
expect 1 'for x86-64 only; this is aarch64' 'another machine'
script uname 'echo x86_64'
# shellcheck disable=SC2016 # the scripts' own variables
{
    script python3 'echo "Could not fetch URL" >&2; exit 1'
    expect 1 'could not be fetched (Could not fetch URL)' 'no network'
    expect 1 'a download of 60 MB (openvino==' 'the size is said first'
    script python3 'if [[ $1 == -m ]]; then
        while [[ $1 != --dest ]]; do shift; done
        touch "$2/openvino.whl"
    else
        echo "No space left on device" >&2
        exit 1
    fi'
    expect 1 'could not be unpacked' 'a full disk'
    script python3 'if [[ $1 == -m ]]; then
        while [[ $1 != --dest ]]; do shift; done
        touch "$2/openvino.whl"
    else
        mkdir -p "$3/openvino/libs"
    fi'
    expect 0 'Build again' 'fetched'
    [[ ! -e $onnx_folder/wheel ]] || { echo 'FAILED: the download was kept.'; failures=$((failures + 1)); }
    script python3 'exit 1'
    expect 0 'is in' 'fetched already'
    echo 'another digest' >"$onnx_folder/unpacked"
    expect 1 'could not be fetched' 'another version'

    fetches_and_unpacks='if [[ $1 == -m ]]; then
        while [[ $1 != --dest ]]; do shift; done
        echo wheel >"$2/openvino-1-cp311.whl"
    else
        mkdir -p "$3/openvino/libs"
    fi'

    # From a folder: what is fetched is kept there, and what lies there is not fetched.
    export DFD_WHEELS="$place/wheels of ours"
    expect 1 'a folder (--wheels)' 'a folder that is not there'
    script python3 "$fetches_and_unpacks"
    expect 0 'a download of 60 MB (openvino==' 'fetched into the folder'
    kept=$DFD_WHEELS/openvino-1-cp311.whl
    [[ -s $kept ]] || { echo 'FAILED: the wheel was not kept.'; failures=$((failures + 1)); }
    printf 'openvino==1 --hash=sha256:%s  # 6\n' "$(sha256sum <"$kept" | cut -d ' ' -f 1)" >"$place/pins"
    onnx_pins=$place/pins
    script python3 '[[ $1 != -m ]] || exit 1
    grep -q wheel "$2" && mkdir -p "$3/openvino/libs"'
    expect 0 "Taking the engine for ONNX models from $kept" 'taken from the folder'
    rm "$onnx_folder/unpacked"
    echo damaged >>"$kept"
    expect 1 'is damaged or another file' 'a wheel that is not the one that is pinned'
    # What cannot be kept is used all the same, and that is said.
    touch "$place/a file"
    export DFD_WHEELS="$place/a file/wheels"
    onnx_pins=$root/packaging/onnx.txt
    script python3 "$fetches_and_unpacks"
    expect 0 'could not be kept in' 'a folder that cannot be made'
    unset DFD_WHEELS
    onnx_pins=$root/packaging/onnx.txt
}

read -r requirement hash bytes < <(onnx_wheel)
[[ $requirement == *==* && $hash == --hash=sha256:* && $bytes -gt 1000000 ]] || {
    echo 'FAILED: the pin is not complete.'
    failures=$((failures + 1))
}

# A Debian package cannot hold what finds its engine in this clone alone.
preset=$(grep -A 1 '"name": "package", "inherits"' "$root/CMakePresets.json")
[[ $preset == *'"DFD_ONNX_ENGINE": ""'* ]] || {
    echo 'FAILED: the preset package builds the program that runs ONNX models.'
    failures=$((failures + 1))
}
# shellcheck disable=SC2016 # as it stands there
grep -q 'rm -rf "$stage/usr/libexec"' "$root/packaging/deb.sh" || {
    echo 'FAILED: deb.sh packs the program that runs ONNX models of another preset.'
    failures=$((failures + 1))
}
exit "$((failures > 0))"
