#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the Debian package in a bare Debian and tries it in another one, which has no compiler.
#
#   packaging/deb-bare.sh RELEASE FOLDER
#
# RELEASE is bookworm or trixie. The package, and a screenshot of the installed window, are left in
# FOLDER. Needs what packaging/bare.sh needs; takes as long as a build.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
(($# == 2)) || fail "Usage: packaging/deb-bare.sh RELEASE FOLDER"
release=$1
mkdir -p "$2"
folder=$(realpath -- "$2")
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

# shellcheck disable=SC2016 # expanded in the bare system
"$root/packaging/bare.sh" --out "$fresh" "$release" -- \
    bash -c 'packaging/deb.sh && cp build/packages/*.deb "$OUT"'
# shellcheck disable=SC2016
"$root/packaging/bare.sh" --in "$fresh" --out "$folder" "$release" -- \
    bash -c 'packaging/deb-test.sh "$IN"/*.deb "$OUT"'
cp "$fresh"/*.deb "$folder"
