# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The engine that runs ONNX models: fetched from PyPI into the build folder, where configuring finds
# it. Sourced after common.sh, never run.

# shellcheck source-path=SCRIPTDIR source=wheel.sh
source "${root:?}/packaging/wheel.sh"

onnx_pins=${root:?}/packaging/onnx.txt
onnx_folder=${root:?}/build/onnx
onnx_mib=260  # wheel and unpacked files at once, with room to spare

# The pinned wheel as "REQUIREMENT HASH BYTES".
onnx_wheel() { pinned_wheels "$onnx_pins"; }

# The note that is written last names the digest of what was unpacked.
onnx_is_there() {
    local requirement hash bytes
    read -r requirement hash bytes < <(onnx_wheel)
    [[ $(cat "$onnx_folder/unpacked" 2>/dev/null) == "$hash" ]]
}

# Fetches and unpacks it. Says one sentence and returns 1 when that fails.
fetch_onnx() {
    local requirement hash bytes log=$onnx_folder/log
    if onnx_is_there; then
        say "The engine for ONNX models is in $onnx_folder."
        return
    fi
    if [[ $(uname -m) != x86_64 ]]; then
        say "The engine for ONNX models is fetched for x86-64 only; this is $(uname -m)."
        return 1
    fi
    room_for "The engine for ONNX models" "$onnx_folder" "$onnx_mib" || return
    read -r requirement hash bytes < <(onnx_wheel)
    say_where_from "the engine for ONNX models" "$requirement" "$hash" "$bytes" \
        "98 MB on the disk in $onnx_folder"
    rm -rf "$onnx_folder/openvino" "$onnx_folder/unpacked"
    download_wheel "$onnx_folder/wheel" "$requirement" "$hash" --retries 2 \
        --implementation cp --abi cp311 --platform manylinux_2_28_x86_64 >"$log" 2>&1 || {
        say "The engine could not be fetched ($(last_words "$log")); with a network, a mirror in PIP_INDEX_URL, or the wheel in a folder (--wheels), run packaging/setup.sh --onnx again."
        return 1
    }
    say_what_is_not_kept
    # Processors and ONNX alone: neither other devices nor other formats.
    unpack_wheel "$onnx_folder/wheel" "$onnx_folder" \
        'openvino/include/|openvino/libs/lib(openvino\.so|openvino_onnx_frontend|openvino_intel_cpu_plugin|tbb|hwloc)|.*LICENSE|.*licens|.*/METADATA$' \
        >"$log" 2>&1 || {
        say "The engine could not be unpacked in $onnx_folder ($(last_words "$log")); free some space and run packaging/setup.sh --onnx again."
        return 1
    }
    rm -rf "$onnx_folder/wheel"
    printf '%s\n' "$hash" >"$onnx_folder/unpacked"
    say "The engine for ONNX models is in $onnx_folder. Build again, and the program uses it."
}
