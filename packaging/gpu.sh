# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The build for NVIDIA cards: whether it makes sense here, and the libraries it needs. Sourced after
# common.sh, never run.

# shellcheck source-path=SCRIPTDIR source=wheel.sh
source "${root:?}/packaging/wheel.sh"

gpu_pins=${root:?}/packaging/gpu-libtorch.txt
gpu_folder=${root:?}/build/gpu-libtorch
gpu_unpacked_mib=6000

# Lines "REQUIREMENT --hash=… BYTES" of the pins.
gpu_wheels() { pinned_wheels "$gpu_pins"; }

# "3.8 GB" or "90 MB", of all wheels that have not been unpacked yet; nothing when there is none.
gpu_download_left() {
    gpu_wheels | while read -r requirement hash bytes; do
        gpu_has "$requirement" "$hash" || printf '%s\n' "$bytes"
    done | awk '{ sum += $1 } END { if (sum >= 1e8) printf "%.1f GB\n", sum / 1e9; else if (sum) printf "%d MB\n", sum / 1e6 + 1 }'
}

# A wheel counts as unpacked when the note that is written last names its digest.
gpu_has() { [[ $(cat "$gpu_folder/unpacked/$1" 2>/dev/null) == "$2" ]]; }

# Why the build for a card is not the one to use here; nothing when it is. Asks the NVIDIA driver.
gpu_refusal() {
    local version major capability capabilities usable=no
    if command -v nvidia-smi >/dev/null; then
        if ! version=$(nvidia-smi --query-gpu=driver_version --format=csv,noheader 2>/dev/null) ||
            [[ ! $version =~ ^[0-9]+ ]]; then
            say_line "nvidia-smi finds no card"
            return
        fi
    elif [[ -r ${DFD_NVIDIA_VERSION:-/proc/driver/nvidia/version} ]]; then
        version=$(sed -nE 's/^NVRM version:.* ([0-9]+\.[0-9.]+) .*/\1/p' \
            "${DFD_NVIDIA_VERSION:-/proc/driver/nvidia/version}")
    else
        say_line "no NVIDIA driver answers"
        return
    fi
    if [[ $(uname -m) != x86_64 ]]; then
        say_line "the official LibTorch is fetched for x86-64 only"
        return
    fi
    major=${version%%.*}
    if [[ ! $major =~ ^[0-9]+$ ]] || ((major < 525)); then
        say_line "the NVIDIA driver ${version%%$'\n'*} is older than 525, which CUDA 12 needs"
        return
    fi
    # Drivers before 510 do not report it; then the program itself says what a card cannot do.
    capabilities=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null || true)
    while read -r capability; do
        # What the pinned LibTorch has machine code for; core/engine/devices/cards.cpp says the same.
        [[ ! $capability =~ ^(7|8|9|10|12)\. ]] || usable=yes
    done <<<"$capabilities"
    if [[ $usable == no && $capabilities =~ ^[0-9] ]]; then
        say_line "the card has compute capability ${capabilities%%$'\n'*}, and LibTorch here has code for 7.0 to 10 and 12"
    fi
}

# The preset to build: gpu where a card can be used and DFD_GPU is not 0. Says so where there is
# something to say.
chosen_preset() {
    local refusal left
    if [[ ${DFD_GPU:-1} == 0 ]]; then
        say_line release
        return
    fi
    refusal=$(gpu_refusal)
    if [[ -n $refusal ]]; then
        [[ $refusal == 'no NVIDIA driver answers' ]] ||
            say "The build for the processor is used: $refusal."
        say_line release
        return
    fi
    left=$(gpu_download_left)
    say "An NVIDIA card was found, so the build for it is used${left:+, after a download of $left}; to decline, use DFD_GPU=0 or --cpu."
    say_line gpu
}

say_line() { printf '%s\n' "$*"; }

# Fetches what is missing of the pinned wheels and unpacks it: folders torch and nvidia. What is
# unpacked stays unpacked when it is interrupted.
fetch_gpu_libtorch() {
    local requirement hash bytes left free number=0 count
    left=$(gpu_download_left)
    if [[ -z $left ]]; then
        say "LibTorch for NVIDIA cards is in $gpu_folder."
        return
    fi
    [[ $(uname -m) == x86_64 ]] ||
        fail "LibTorch for NVIDIA cards is fetched for x86-64 only; this is $(uname -m). Use the preset release."
    room_for "LibTorch for NVIDIA cards" "$gpu_folder" $((gpu_unpacked_mib + 900)) ||
        fail "Or use the preset release: packaging/run.sh --cpu."
    mkdir -p "$gpu_folder/unpacked"
    say "Fetching LibTorch for NVIDIA cards from PyPI with pip: a download of $left, 6.3 GB on the disk in $gpu_folder. If interrupted, it resumes with the current file.${DFD_WHEELS:+ Wheels that lie in $DFD_WHEELS are not downloaded again.}"
    count=$(gpu_wheels | wc -l)
    while read -r requirement hash bytes; do
        number=$((number + 1))
        gpu_has "$requirement" "$hash" && continue
        if [[ -n $(kept_wheel "$requirement" "$hash") ]]; then
            say "$number of $count: $requirement, from $DFD_WHEELS."
        else
            say "$number of $count: $requirement, $((bytes / 1000000 + 1)) MB."
        fi
        download_wheel "$gpu_folder/wheel" "$requirement" "$hash" \
            --implementation cp --abi cp311 --abi none \
            --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 \
            --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 \
            --platform manylinux_2_12_x86_64 --platform manylinux2010_x86_64 >&2 ||
            fail "pip could not fetch $requirement; its reason is above. Without a network connect this machine, behind a mirror set PIP_INDEX_URL, or give a folder with the wheels (--wheels); then run packaging/setup.sh --gpu again. A digest that differs means that the file was damaged or replaced on its way."
        say_what_is_not_kept
        # Our executor is built on the distribution's oneDNN, with that one's headers.
        unpack_wheel "$gpu_folder/wheel" "$gpu_folder" \
            'torch/(lib|include)/|nvidia/[^/]+/lib/|.*\bLICENSE|.*/METADATA$' \
            'torch/include/(dnnl|oneapi/)|.*/libtorch_python\.so$' ||
            fail "$requirement could not be unpacked in $gpu_folder; the reason is above. Is the disk full? Run packaging/setup.sh --gpu again."
        printf '%s\n' "$hash" >"$gpu_folder/unpacked/$requirement"
        rm -rf "$gpu_folder/wheel"
    done < <(gpu_wheels)
    say "LibTorch for NVIDIA cards is in $gpu_folder. Build with: cmake --preset gpu && cmake --build --preset gpu"
}

# LD_LIBRARY_PATH without the folders that hold a cuDNN: parts of LibTorch's own would be taken from
# there, and parts of two versions do not work together.
without_foreign_cudnn() {
    local folder kept='' folders
    IFS=: read -ra folders <<<"${1:-}"
    for folder in "${folders[@]}"; do
        if [[ -n $folder ]] && compgen -G "$folder/libcudnn*.so*" >/dev/null; then
            say "LD_LIBRARY_PATH names $folder, which holds another cuDNN; it is left out here."
        else
            kept+=${kept:+:}$folder
        fi
    done
    printf '%s' "$kept"
}
