# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The engine that runs ONNX models: fetched from PyPI into the build folder, where configuring finds
# it. Sourced after common.sh, never run.

onnx_pins=${root:?}/packaging/onnx.txt
onnx_folder=${root:?}/build/onnx
onnx_mib=260  # wheel and unpacked files at once, with room to spare

# The pinned wheel as "REQUIREMENT HASH BYTES".
onnx_wheel() { sed -nE 's/^([^#]*[^# ]) *# *([0-9]+)$/\1 \2/p' "$onnx_pins"; }

# The note that is written last names the digest of what was unpacked.
onnx_is_there() {
    local requirement hash bytes
    read -r requirement hash bytes < <(onnx_wheel)
    [[ $(cat "$onnx_folder/unpacked" 2>/dev/null) == "$hash" ]]
}

# Fetches and unpacks it. Says one sentence and returns 1 when that fails.
fetch_onnx() {
    local requirement hash bytes free log=$onnx_folder/log
    if onnx_is_there; then
        say "The engine for ONNX models is in $onnx_folder."
        return
    fi
    if [[ $(uname -m) != x86_64 ]]; then
        say "The engine for ONNX models is fetched for x86-64 only; this is $(uname -m)."
        return 1
    fi
    mkdir -p "$onnx_folder" 2>/dev/null || {
        say "The folder $onnx_folder for the engine cannot be created; is its disk full or read-only?"
        return 1
    }
    free=$(df --output=avail -m "$onnx_folder" | tail -n 1)
    if ((free < onnx_mib)); then
        say "The engine for ONNX models takes $onnx_mib MiB in $onnx_folder while it is unpacked, but only $((free)) MiB are free."
        return 1
    fi
    read -r requirement hash bytes < <(onnx_wheel)
    say "Fetching the engine for ONNX models from PyPI with pip: a download of $((bytes / 1000000 + 1)) MB ($requirement), 98 MB on the disk in $onnx_folder."
    rm -rf "$onnx_folder/wheel" "$onnx_folder/openvino" "$onnx_folder/unpacked"
    mkdir "$onnx_folder/wheel"
    # Nothing of it is installed: any system's python3 may fetch it.
    python3 -m pip download --quiet --no-deps --only-binary=:all: --no-cache-dir \
        --python-version 3.11 --implementation cp --abi cp311 --platform manylinux_2_28_x86_64 \
        --retries 2 --disable-pip-version-check --require-hashes --dest "$onnx_folder/wheel" \
        --requirement <(printf '%s %s\n' "$requirement" "$hash") >"$log" 2>&1 </dev/null || {
        say "The engine could not be fetched ($(grep -v '^ *$' "$log" | tail -n 1 || true)); with a network, or a mirror in PIP_INDEX_URL, run packaging/setup.sh --onnx again."
        return 1
    }
    python3 - "$onnx_folder/wheel"/*.whl "$onnx_folder" >"$log" 2>&1 <<'PYTHON' || {
import re, sys, zipfile
# Processors and ONNX alone: neither other devices nor other formats.
wanted = re.compile(r"openvino/include/|openvino/libs/lib(openvino\.so|openvino_onnx_frontend|openvino_intel_cpu_plugin|tbb|hwloc)|.*LICENSE|.*licens|.*/METADATA$")
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for entry in wheel.infolist():
        if wanted.match(entry.filename):
            wheel.extract(entry, sys.argv[2])
PYTHON
        say "The engine could not be unpacked in $onnx_folder ($(tail -n 1 "$log")); free some space and run packaging/setup.sh --onnx again."
        return 1
    }
    rm -rf "$onnx_folder/wheel"
    printf '%s\n' "$hash" >"$onnx_folder/unpacked"
    say "The engine for ONNX models is in $onnx_folder. Build again, and the program uses it."
}
