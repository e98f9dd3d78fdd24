#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Tries a package that packaging/deb.sh made, as root, in a Debian system that has nothing else:
# no compiler, no earlier copy of the program. It installs and removes packages, so use a system that
# can be thrown away.
#
#   packaging/deb-test.sh build/packages/*.deb [FOLDER FOR THE SCREENSHOT]
#
# Needs no file of the repository but this one. Exit status 0 when all checks pass.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }
fail() {
    say "FAILED: $*"
    exit 1
}
passed() { say "passed: $*"; }

package=${1:?which package? See the head of this file.}
pictures=${2:+$(realpath -- "$2")}
[[ -f $package ]] || fail "the package $package does not exist."
package=$(realpath -- "$package")
name=$(dpkg-deb --field "$package" Package)
((EUID == 0)) || fail "installing packages needs root."
[[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true) != installed ]] ||
    fail "$name is already installed; use a fresh system."

work=$(mktemp -d)
window=
finish() {
    [[ -z $window ]] || kill "$window" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=$work/home XDG_RUNTIME_DIR=$work/runtime
unset DISPLAY WAYLAND_DISPLAY QT_QPA_PLATFORM DFD_PANELS XDG_DATA_HOME XDG_CONFIG_HOME
mkdir -p "$HOME" && mkdir -m 700 "$XDG_RUNTIME_DIR"

# apt ARGUMENTS: shown only when it fails.
apt() {
    apt-get -y -q -o Dpkg::Use-Pty=0 "$@" >"$work/apt" 2>&1 || {
        tail -n 30 "$work/apt" >&2
        fail "apt-get $*"
    }
}

no_compiler() {
    local program
    for program in cc c++ gcc g++ clang cmake ninja; do
        if command -v "$program" >/dev/null; then fail "$program is installed here, which weakens this test."; fi
    done
}

# What changes by itself, for find.
changing=(-path /proc -o -path /sys -o -path "$work" -o -path /var/log -o -path "${package%/*}")

# Every other file of the system with its size and digest.
snapshot() {
    local skipped=("${changing[@]}" -o -path /dev -o -path /run -o -path /tmp -o -path /var/cache
        -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path "${pictures:-/nowhere}")
    find / -xdev \( "${skipped[@]}" \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
    find / -xdev \( "${skipped[@]}" \) -prune -o ! -type f -printf '%y %p\n' | sort
}

removed_without_a_trace() {
    local found
    apt purge "$name"
    found=$(find / -xdev \( "${changing[@]}" -o -path /home \) -prune -o \
        \( -name "*$name*" -o -name dfd -o -name 'dfd.*' \) -print)
    [[ -z $found ]] || fail "these files remained after the removal: $found"
    found=$(grep -rlsI "$name" /etc /usr /var/lib --exclude-dir=apt --exclude-dir=dpkg || true)
    [[ -z $found ]] || fail "these still refer to it after the removal: $found"
}

# --- 1. installing and scoring where nothing can be compiled
no_compiler
apt update
apt install --no-install-recommends "$package"
no_compiler
passed "it installs, and no compiler comes with it"

share=/usr/share/$name
scores=$(dfd score --panel starter "$share/samples/portrait.jpg")
[[ $scores =~ being\ Deepfake:\ [01]\.[0-9]+ ]] || fail "dfd score gave no score: $scores"
passed "dfd score: $scores"
[[ $(dfd panel list) == *starter* ]] || fail "dfd panel list does not show the starter panel."
[[ -f $share/models/plans/generated.json ]] || fail "the training plans are missing."
blas=$(dfd --version | sed -n 's/^BLAS //p')
[[ $blas == OpenBLAS* || $blas == MKL* ]] || fail "LibTorch has no optimised BLAS: $blas"
passed "the starter panel, the samples and OpenBLAS are found"
[[ ! -e /usr/libexec/$name ]] ||
    fail "the package has a program that runs ONNX models, and its engine is not in it."
status=0
dfd expert check "$share/samples/desk.jpg" "$share/experts/clip-probe/manifest.json" >"$work/out" 2>&1 || status=$?
((status == 1)) || fail "dfd expert check ended with status $status: $(<"$work/out")"
passed "ONNX models are refused with a sentence: $(tail -n 1 "$work/out")"

say "$(dfd --version)"
deepfake-defenders --version >&2
[[ $(deepfake-defenders --help) == *--new-window* ]] || fail "deepfake-defenders --help needs a display."
status=0
deepfake-defenders >"$work/out" 2>&1 || status=$?
if ((status != 3)) || ! grep -q 'no display' "$work/out"; then
    fail "without a display it ended with status $status: $(<"$work/out")"
fi
passed "--help and --version need no display, and without one there is a sentence: $(head -n 1 "$work/out")"
status=0
QT_QPA_PLATFORM=offscreen timeout 20 deepfake-defenders --new-window "$share/samples/desk.jpg" >"$work/out" 2>&1 || status=$?
((status == 124)) || fail "offscreen, the window ended with status $status: $(<"$work/out")"

removed_without_a_trace
passed "purging leaves nothing"

# --- 2. the window on a display; the desktop's tools
apt install --no-install-recommends xvfb xauth x11-utils x11-apps netpbm desktop-file-utils \
    shared-mime-info libglib2.0-bin bash-completion hicolor-icon-theme
no_compiler
snapshot >"$work/before"
apt install --no-install-recommends "$package"

# The first display that is free.
for ((display = 90; display < 120; ++display)); do
    [[ -e /tmp/.X11-unix/X$display ]] || break
done
Xvfb ":$display" -screen 0 1400x900x24 -nolisten tcp >"$work/xvfb" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null; finish' EXIT
export DISPLAY=:$display
for ((i = 0; i < 100; ++i)); do
    if xwininfo -root >/dev/null 2>&1; then break; fi
    sleep 0.1
done
titles() {
    local id
    for id in $(xwininfo -root -tree 2>/dev/null | awk '$1 ~ /^0x/ { print $1 }'); do
        xprop -id "$id" _NET_WM_NAME 2>/dev/null || true
    done | grep '^_NET_WM_NAME.*=' || true
}
# title WORDS: waits until a window's title has these words.
title() {
    local i
    for ((i = 0; i < 180; ++i)); do
        if [[ $(titles) == *"$1"* ]]; then return; fi
        kill -0 "$window" 2>/dev/null || fail "the window ended: $(<"$work/window")"
        sleep 1
    done
    fail "after three minutes no window has '$1' in its title; the titles are: $(titles)"
}
deepfake-defenders "$share/samples/portrait.jpg" >"$work/window" 2>&1 &
window=$!
title 'portrait.jpg'
(cd "$share/samples" && timeout 60 deepfake-defenders desk.jpg >"$work/second" 2>&1) ||
    fail "a second start did not end: $(<"$work/second")"
kill -0 "$window" || fail "the second start ended the first."
title 'desk.jpg'
sleep 15 # scores
if [[ -n $pictures ]]; then
    xwd -silent -root | xwdtopnm 2>/dev/null | pnmtopng 2>/dev/null >"$pictures/package-window.png"
fi
kill -0 "$window" || fail "the window ended: $(<"$work/window")"
kill "$window"
wait "$window" 2>/dev/null || true
window=
passed "the window opens, and takes the file of a second start, which ends with status 0"

desktop-file-validate "/usr/share/applications/$name.desktop"
grep -q "image/jpeg=.*$name.desktop" /usr/share/applications/mimeinfo.cache ||
    fail "the desktop does not offer it for pictures."
type=application/x-$name-case
dfd scan --case "$work/beach.dfdcase" "$share/samples/desk.jpg" >"$work/out" 2>&1 ||
    fail "dfd scan did not create a case: $(<"$work/out")"
cp "$work/beach.dfdcase" "$work/no ending"
for file in "$work/beach.dfdcase" "$work/no ending"; do
    [[ $(gio info -a standard::content-type "$file") == *"content-type: $type" ]] ||
        fail "$file is not recognised as $type: $(gio info -a standard::content-type "$file")"
done
[[ $(gio mime "$type") == *"$name.desktop"* ]] || fail "a case is not opened by $name."
passed "the desktop entry is valid, pictures offer it, and a case has its type and program"

words=$(bash -c '
    source /usr/share/bash-completion/completions/dfd
    COMP_WORDS=(dfd sco); COMP_CWORD=1; _dfd dfd; echo "${COMPREPLY[@]}"
    COMP_WORDS=(dfd score --heat); COMP_CWORD=2; _dfd dfd; echo "${COMPREPLY[@]}"
    COMP_WORDS=(deepfake-defenders --new); COMP_CWORD=1; _dfd deepfake-defenders; echo "${COMPREPLY[@]}"')
[[ $words == $'score\n--heatmaps\n--new-window' ]] || fail "bash completion gave: $words"
passed "bash completes commands and options"

removed_without_a_trace
snapshot >"$work/after"
diff "$work/before" "$work/after" >"$work/difference" ||
    fail "installing, using and purging changed the system: $(head -n 20 "$work/difference")"
passed "after installing, using and purging the system is as before, byte for byte"

# --- 3. Debian's own judges
apt install --no-install-recommends lintian appstream
dpkg-deb --extract "$package" "$work/tree"
metainfo=$work/tree/usr/share/metainfo/$name.metainfo.xml
# The project has no home page, which newer validators warn of and older ones know no name for.
appstreamcli validate --no-net --override=url-homepage-missing=info "$metainfo" >"$work/out" 2>&1 ||
    appstreamcli validate --no-net "$metainfo" >&2 || fail "appstreamcli finds errors."
lintian --tag-display-limit 0 --allow-root "$package" >"$work/lintian" 2>&1 || true
cat "$work/lintian" >&2
if grep -q '^E:' "$work/lintian"; then fail "lintian finds errors."; fi
passed "appstreamcli and lintian find no errors"
say "All checks passed."
