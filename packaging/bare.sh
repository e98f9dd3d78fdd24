#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a command in a clone of this repository inside a bare Debian: debootstrap's minimal system,
# with nothing installed by hand. What passes there needs no package that is not in packages.txt.
#
#   packaging/bare.sh [--rev REV] [--in FOLDER] [--out FOLDER] [--keep] RELEASE [--] COMMAND [ARGUMENT...]
#
#   packaging/bare.sh bookworm -- packaging/run.sh --cpu
#   packaging/bare.sh trixie -- packaging/test.sh
#
# RELEASE is bookworm (Debian 12) or trixie (13). The clone has the commit REV (HEAD if not given),
# without uncommitted changes, and lies in a path with a space. The command runs as root there.
#   --in FOLDER    copies FOLDER into the system; the command finds it in $IN
#   --out FOLDER   copies what the command leaves in $OUT to FOLDER, whether it succeeded or not
#   --keep         keeps the system after the run, to look around in
#   DFD_BARE       where systems are made (default /var/tmp/deepfake-defenders-bare). The minimal
#                  ones stay there, a few hundred MB each; every run works on a copy.
# Needs root or sudo, and debootstrap, which is installed if it is missing.
# Exit status: the command's, or 125 when no bare system could be made here, or 2 for wrong usage.
set -euo pipefail
umask 022
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

usage() {
    say "$*"
    sed -n '3,21s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
}

impossible() {
    say "A bare system cannot be made here: $*"
    exit 125
}

arguments=("$@")
rev=HEAD
in=
out=
keep=no
while [[ ${1:-} == --* ]]; do
    case $1 in
    --help)
        sed -n '3,21s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
        exit 0
        ;;
    --keep) keep=yes ;;
    --rev | --in | --out)
        (($# > 1)) || usage "$1 needs a value."
        case $1 in
        --rev) rev=$2 ;;
        --in) in=$(realpath -e -- "$2") || usage "The folder '$2' does not exist." ;;
        --out) out=$(realpath -m -- "$2") ;;
        esac
        shift
        ;;
    *) usage "Unknown option $1." ;;
    esac
    shift
done
release=${1:-}
case $release in
bookworm | trixie) ;;
*) usage "Unknown release '$release'." ;;
esac
shift
[[ ${1:-} != -- ]] || shift
(($#)) || usage "No command was given."

if ((EUID)); then
    command -v sudo >/dev/null || impossible "it needs root, and there is no sudo."
    sudo -n true 2>/dev/null || [[ -t 0 ]] || impossible "it needs root, and sudo asks for a password."
    exec sudo --preserve-env=DFD_BARE,http_proxy,https_proxy,no_proxy "${BASH_SOURCE[0]}" "${arguments[@]}"
fi

# Until the command has started, failures are this machine's, not the command's.
started=no
# shellcheck disable=SC2317 # called by the trap
finish() {
    local status=$?
    if [[ -n ${copy:-} ]]; then
        if [[ -n ${child:-} ]]; then
            kill -KILL "$child" 2>/dev/null || true
            wait "$child" 2>/dev/null || true
        fi
        if [[ $keep == yes ]]; then
            say "The system is kept in $copy; the next run of bare.sh removes it."
        else
            rm -rf --one-file-system "$copy" "$copy.lock" || true
        fi
    fi
    ((status == 0 || status == 2 || status > 128)) || [[ $started == yes ]] || status=125
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP # the system goes with us: --pdeathsig below
# A hook of git may run this with the repository in its environment.
while read -r name; do unset "$name"; done < <(git rev-parse --local-env-vars)

commit=$(git -c safe.directory='*' -C "$root" rev-parse --verify --quiet "$rev^{commit}") ||
    impossible "git finds no commit '$rev' in $root."
changed=$(git -c safe.directory='*' -C "$root" status --porcelain 2>/dev/null | wc -l)
((changed == 0)) || say "$changed uncommitted changes are not part of the run."

if ! command -v debootstrap >/dev/null; then
    say "Installing debootstrap."
    { apt-get -qq update && apt-get -qq -y install --no-install-recommends debootstrap; } >/dev/null 2>&1 ||
        impossible "debootstrap is missing, and apt-get could not install it."
fi
# A mount namespace takes its mounts with it when its last process ends, however that happens.
unshare --mount --pid --fork true 2>/dev/null || impossible "this system forbids new mounts."

# --- how this machine reaches its mirror: sources, apt's settings for it, certificates
mirror=
security=
# shellcheck disable=SC2016 # expanded by apt-get
while read -r address; do
    case $address in
    */debian-security/ | */debian-security) security=${security:-${address%/}} ;;
    */debian/ | */debian) mirror=${mirror:-${address%/}} ;;
    esac
done < <(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | sort -u)
mirror=${mirror:-http://deb.debian.org/debian}

apt_settings() {
    apt-config dump | grep -E \
        '^Acquire::(http|https|Check-Valid-Until|Check-Date|Max-ValidTime|Retries|ForceIPv[46]|Proxy)' || true
}

prepare_apt() { # ROOT
    {
        printf 'deb %s %s main\n' "$mirror" "$release"
        printf 'deb %s %s-updates main\n' "$mirror" "$release"
        [[ -z $security ]] || printf 'deb %s %s-security main\n' "$security" "$release"
    } >"$1/etc/apt/sources.list"
    apt_settings >"$1/etc/apt/apt.conf.d/00mirror"
    local file
    for file in /etc/resolv.conf /etc/hosts; do
        [[ ! -e $file ]] || cp -L "$file" "$1$file"
    done
    if [[ "$mirror $security $(apt_settings)" == *https* && -e /etc/ssl/certs/ca-certificates.crt ]]; then
        mkdir -p "$1/etc/ssl/certs"
        cp -L /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/"
    fi
}

# --- the minimal system, made once, and the copy for this run
store=${DFD_BARE:-/var/tmp/deepfake-defenders-bare}
mkdir -p "$store" || impossible "the folder $store cannot be made."
store=$(realpath "$store")
[[ -O $store ]] || impossible "$store belongs to another user."
case $store/ in
"$root"/*) usage "DFD_BARE must be outside of the repository." ;;
esac
base=$store/$release
copy=
child=
exec 8>"$store/$release.lock"
flock 8
# Something that clears old files may have left a hollow system.
[[ ! -e $base ]] || chroot "$base" /usr/bin/dpkg --version >/dev/null 2>&1 ||
    rm -rf --one-file-system "$base"
if [[ ! -e $base ]]; then
    say "Making a minimal Debian $release in $base (about a minute, once)."
    rm -rf --one-file-system "$base.new"
    # Its mounts end with it.
    unshare --mount debootstrap --variant=minbase "$release" "$base.new" "$mirror" >"$store/$release.log" 2>&1 || {
        tail -n 5 "$store/$release.log" >&2
        impossible "debootstrap failed; its output is in $store/$release.log."
    }
    mv "$base.new" "$base"
fi
# Copies of runs that were killed: nobody holds their lock.
for left in "$store"/run-*; do
    [[ -d $left ]] || continue
    (flock --nonblock 7 && rm -rf --one-file-system "$left") 7>>"$left.lock" && rm -f "$left.lock"
done
copy=$(mktemp -d "$store/run-$release-XXXXXX")
exec 9>"$copy.lock"
flock 9
flock --unlock 8

system=$copy/system
cp -a --reflink=auto "$base" "$system"
prepare_apt "$system"
chroot "$system" apt-get -qq -o APT::Update::Error-Mode=any update >"$store/apt.log" 2>&1 ||
    impossible "apt cannot read $mirror there; what it said is in $store/apt.log."
# The clone's owner may be another user, which git refuses without this setting.
printf '[safe]\n\tdirectory = *\n' >"$copy/gitconfig"
clone="$system/home/new user/DeepFakeDefenders"
mkdir -p "$clone" "$system/in" "$system/out"
[[ -z $in ]] || cp -a "$in/." "$system/in/"
GIT_CONFIG_GLOBAL=$copy/gitconfig git clone --quiet --no-hardlinks "$root" "$clone"
GIT_CONFIG_GLOBAL=$copy/gitconfig git -C "$clone" -c advice.detachedHead=false checkout --quiet --detach "$commit"

# Runs as the first process of its namespaces.
# shellcheck disable=SC2016 # expanded by that shell
inside='
set -e
trap "[ \$? = 0 ] || exit 125" EXIT
system=$1
shift
mount -t proc proc "$system/proc"
mount --rbind /sys "$system/sys"
mount -t tmpfs -o mode=755 dev "$system/dev"
for device in null zero full random urandom tty; do
    touch "$system/dev/$device"
    mount --bind "/dev/$device" "$system/dev/$device"
done
mkdir "$system/dev/pts" "$system/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$system/dev/pts"
mount -t tmpfs shm "$system/dev/shm"
ln -s pts/ptmx "$system/dev/ptmx"
ln -s /proc/self/fd "$system/dev/fd"
for number in 0:stdin 1:stdout 2:stderr; do ln -s "fd/${number%:*}" "$system/dev/${number#*:}"; done
exec chroot "$system" /bin/bash -c "cd \"/home/new user/DeepFakeDefenders\" && exec \"\$@\"" bare "$@"
'
say "Running in a bare Debian $release, commit ${commit:0:12}: $*"
status=0
started=yes
env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    TERM=dumb IN=/in OUT=/out ${http_proxy:+http_proxy="$http_proxy"} \
    ${https_proxy:+https_proxy="$https_proxy"} ${no_proxy:+no_proxy="$no_proxy"} \
    setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child \
    /bin/bash -c "$inside" bare "$system" "$@" </dev/null 8>&- 9>&- &
child=$!
wait "$child" || status=$?
child=
if [[ -n $out ]]; then
    mkdir -p "$out"
    cp -a "$system/out/." "$out/"
fi
exit "$status"
