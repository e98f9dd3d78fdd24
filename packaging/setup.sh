#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the Debian packages that are missing, and nothing else unless asked to. With all of them
# present it needs no network, no root and under a second.
#
#   packaging/setup.sh            what building and running needs
#   packaging/setup.sh --tests    and what the tests need
#   packaging/setup.sh --tidy     and clang-tidy
#   packaging/setup.sh --fuzz     and clang with libFuzzer
#   packaging/setup.sh --coverage and gcovr
#   packaging/setup.sh --languages and Qt's own words in other languages than English
#   packaging/setup.sh --gpu      and the official LibTorch for NVIDIA cards, a download of 3.9 GB
#                                 into build/gpu-libtorch, for the preset gpu
#   packaging/setup.sh --encoder  and the encoder of CLIP experts, a download of 79 MB, converted by
#                                 the built program into build/encoders
#   packaging/setup.sh --onnx     and the engine that runs ONNX models, a download of 60 MB into
#                                 build/onnx; build again afterwards
#   packaging/setup.sh --onnx --wheels FOLDER
#                                 takes what --gpu, --encoder or --onnx download from this folder
#                                 instead, if it is there, and keeps there what it downloads
#   packaging/setup.sh --list     prints the packages, installs nothing (the other options apply)
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source-path=SCRIPTDIR source=gpu.sh
source "$root/packaging/gpu.sh"
# shellcheck source-path=SCRIPTDIR source=encoder.sh
source "$root/packaging/encoder.sh"
# shellcheck source-path=SCRIPTDIR source=onnx.sh
source "$root/packaging/onnx.sh"

sections='[build]'
gpu=no
encoder=no
onnx=no
list_only=no
wheels_named=no
while (($#)); do
    case $1 in
    --tests | --tidy | --coverage | --fuzz | --languages) sections+="[${1#--}]" ;;
    --gpu)
        sections+='[gpu]'
        gpu=yes
        ;;
    --encoder)
        sections+='[encoder]'
        encoder=yes
        ;;
    --onnx)
        sections+='[onnx]'
        onnx=yes
        ;;
    --wheels)
        [[ -n ${2:-} ]] || fail "--wheels needs a folder."
        DFD_WHEELS=$2
        wheels_named=yes
        shift
        ;;
    --list) list_only=yes ;;
    *) fail "Unknown argument '$1'; setup.sh takes --tests, --tidy, --coverage, --fuzz, --languages, --gpu, --encoder, --onnx, --wheels and --list." ;;
    esac
    shift
done

if [[ -n ${DFD_WHEELS:-} ]]; then
    DFD_WHEELS=$(realpath -m -- "$DFD_WHEELS")
    [[ $wheels_named == no || $gpu$encoder$onnx == *yes* ]] ||
        fail "--wheels is for --gpu, --encoder and --onnx; give one of them, too."
fi

# The wanted lines of packages.txt, without comments and needless spaces.
wanted_lines() {
    local line section='' words
    while IFS= read -r line || [[ -n $line ]]; do
        read -ra words <<<"${line%%#*}"
        ((${#words[@]})) || continue
        if [[ ${words[0]} == '['* ]]; then
            section=${words[0]}
        elif [[ $sections == *"$section"* ]]; then
            printf '%s\n' "${words[*]}"
        fi
    done <"$root/packaging/packages.txt"
}
mapfile -t wanted < <(wanted_lines)

if [[ $list_only == yes ]]; then
    printf '%s\n' "${wanted[@]}"
    exit 0
fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "This is not a Debian system, so packages cannot be installed by this script."
    say "Install what your distribution calls these (alternatives are separated by |), then build"
    say "with cmake --preset release && cmake --build --preset release:"
    printf '    %s\n' "${wanted[@]}" >&2
    exit 1
fi

declare -A installed=()
while read -r name status; do
    if [[ $status == installed ]]; then installed[$name]=yes; fi
done < <(dpkg-query --show --showformat '${Package} ${db:Status-Status}\n')

# Lines of which no alternative is installed.
missing=()
for line in "${wanted[@]}"; do
    present=no
    for name in $line; do
        if [[ -n ${installed[$name]:-} ]]; then present=yes; fi
    done
    [[ $present == yes ]] || missing+=("$line")
done

as_root=()
become_root() {
    ((EUID == 0)) && return
    command -v sudo >/dev/null ||
        fail "Installing packages needs root, and there is no sudo here. As root, run: $root/packaging/setup.sh"
    # Without a terminal sudo cannot ask for a password.
    if [[ -t 0 ]]; then as_root=(sudo); else as_root=(sudo -n); fi
    "${as_root[@]}" true ||
        fail "Installing packages needs root, and sudo refused. As root, run: $root/packaging/setup.sh"
}

offered() { apt-cache show --no-all-versions "$1" >/dev/null 2>&1; }

# apt-get and dpkg print a line or more a package, hundreds here: shown only when they fail.
# env: sudo does not pass variables on.
apt() {
    local log status=0
    log=$(mktemp)
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 || status=$?
    ((status == 0)) || tail -n 12 "$log" >&2
    rm -f "$log"
    return "$status"
}

if ((${#missing[@]})); then
    release='This system'
    if [[ -r /etc/os-release ]]; then
        # shellcheck source=/dev/null
        release=$(. /etc/os-release && printf '%s' "${PRETTY_NAME:-$release}")
    fi
    become_root
    say "Reading the package lists of $release."
    # A proxy or one broken extra source must not stop us while the packages can still be had.
    apt update || say "Some package lists could not be read; trying with the others."
    packages=()
    for line in "${missing[@]}"; do
        chosen=
        for name in ${line//|/ }; do
            if [[ -z $chosen ]] && offered "$name"; then chosen=$name; fi
        done
        [[ -n $chosen ]] ||
            fail "$release offers no package '$line'. Either the package lists could not be fetched (is there a network, and does /etc/apt name a mirror?), or this release is too old: Debian 12 or newer is needed."
        packages+=("$chosen")
    done
    say "Installing ${packages[*]} and what they depend on (some minutes the first time)."
    apt install --no-install-recommends "${packages[@]}" ||
        fail "apt-get could not install the packages; its reason is above. Without a network connect this machine and run packaging/setup.sh again; after an interrupted installation run dpkg --configure -a first."
fi

# LibTorch uses whatever libblas.so.3 leads to. An administrator may have chosen another one by
# hand, which is theirs to change back.
machine=$(uname -m)
library=$(/sbin/ldconfig -p | awk -v machine="$machine" '
    $1 == "libblas.so.3" && path == "" && (machine != "x86_64" || /x86-64/) { path = $NF }
    END { print path }')
resolved=${library:+$(readlink -f -- "$library")}
case $resolved in
*openblas* | *mkl* | *blis*)
    say "All packages are installed; libblas.so.3 is $resolved."
    ;;
*)
    say "All packages are installed, but libblas.so.3 is ${resolved:-not there}, which is not OpenBLAS: scoring will be about 20 times slower than it could be. Choose OpenBLAS with: sudo update-alternatives --config libblas.so.3-$machine-linux-gnu"
    ;;
esac

[[ $gpu == no ]] || fetch_gpu_libtorch
[[ $encoder == no ]] || fetch_encoder
[[ $onnx == no ]] || fetch_onnx
