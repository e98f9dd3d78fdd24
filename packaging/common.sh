# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Shared by the scripts of this folder; sourced, never run.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

# How many compilers may run at once: one a core, but each may need $1 MiB of memory.
parallel_jobs() {
    local cores memory limit jobs
    cores=$(nproc)
    memory=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo)
    memory=${memory:-$1}
    # A container may have less than the machine; "max" means no limit.
    limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || true)
    if [[ $limit =~ ^[0-9]+$ ]] && ((limit / 1048576 < memory)); then memory=$((limit / 1048576)); fi
    jobs=$((memory / $1))
    ((jobs <= cores)) || jobs=$cores
    ((jobs >= 1)) || jobs=1
    printf '%s\n' "$jobs"
}

# Runs a command with its output in the log file $1, or on the terminal when there is one to show
# progress on. On failure the end of the log is shown.
logged() {
    local log=$1
    shift
    if [[ -t 2 ]]; then
        "$@" >&2
    else
        "$@" >>"$log" 2>&1 || {
            local status=$?
            tail -n 60 "$log" >&2
            say "'$*' failed. All of its output is in $log."
            return "$status"
        }
    fi
}

# Configures and builds a preset: build_preset NAME MIB_PER_JOB [CMAKE OPTION...]
build_preset() {
    local preset=$1 jobs log
    jobs=$(parallel_jobs "$2")
    log=$root/build/$preset.log
    shift 2
    mkdir -p "$root/build"
    : >"$log"
    say "Configuring the preset $preset."
    (cd "$root" && logged "$log" cmake --preset "$preset" --log-level=WARNING "$@") ||
        fail "Configuring failed. If a package is missing, run packaging/setup.sh; if build/$preset comes from another checkout or compiler, delete it."
    say "Building with $jobs at a time (the first time takes minutes)."
    (cd "$root" && logged "$log" cmake --build --preset "$preset" --parallel "$jobs") ||
        fail "The build failed; the first error above says where. If a compiler was killed, memory ran out: close other programs and run this again."
}
