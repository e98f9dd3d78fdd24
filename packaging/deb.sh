#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds, and makes a Debian package for the release it runs on, in
# build/packages. packaging/deb-test.sh tries it.
#
#   packaging/deb.sh                  builds the preset package first
#   packaging/deb.sh --from PRESET    packs what a preset built before, for instance ci
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
preset=
if (($# == 2)) && [[ $1 == --from ]]; then
    preset=$2
elif (($#)); then
    fail "Unknown argument '$*'; deb.sh takes --from PRESET."
fi
umask 022

# shellcheck source=/dev/null
release=$(. /etc/os-release && printf '%s' "${VERSION_ID:-}")
[[ $release =~ ^[0-9]+$ ]] ||
    fail "/etc/os-release has no VERSION_ID, so the package would have no version."

if [[ -z $preset ]]; then
    preset=package
    "$root/packaging/setup.sh"
    build_preset "$preset" 1536
fi
built=$root/build/$preset
[[ -x $built/bin/dfd && -x $built/bin/deepfake-defenders ]] ||
    fail "The preset $preset has not been built in $built. Without --from, deb.sh builds."

work=$root/build/deb
stage=$work/stage
data=$stage/usr/share
doc=$data/doc/deepfake-defenders
rm -rf "$work"
mkdir -p "$work/debian" "$root/build/packages"
say "Putting the package together."
DESTDIR=$stage cmake --install "$built" --prefix /usr >"$root/build/deb.log"
# What runs ONNX models finds its engine in this clone alone, so it stays here.
rm -rf "$stage/usr/libexec"
strip --strip-unneeded --remove-section=.comment --remove-section=.note "$stage"/usr/bin/*

# --- what Debian expects of every package
version=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' "$built/CMakeCache.txt")-1~deb$release
moment=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH=$moment
maintainer=$(sed -n 's/^Maintainer: //p' "$root/packaging/debian/control")
cp "$root/packaging/debian/control" "$work/debian/control"
cat >"$work/debian/changelog" <<EOF
deepfake-defenders ($version) unstable; urgency=medium

  * Packaged this version; changelog.gz lists the changes.

 -- $maintainer  $(date --utc --rfc-email --date="@$moment")
EOF
cp "$root/packaging/debian/copyright" "$doc/copyright"
mv "$doc/CHANGELOG.md" "$doc/changelog"
cp "$work/debian/changelog" "$doc/changelog.Debian"
gzip -9n "$doc/changelog" "$doc/changelog.Debian" "$data"/man/man1/*.1
find "$stage" -newermt "@$moment" -print0 | xargs -0r touch --no-dereference --date="@$moment"

# --- dependencies, control file and sums by Debian's own tools
(
    cd "$work"
    dpkg-shlibdeps -Tdebian/substvars stage/usr/bin/* 2>>"$root/build/deb.log" ||
        fail "dpkg-shlibdeps could not determine the programs' dependencies; see the end of $root/build/deb.log."
    mkdir -p stage/DEBIAN
    dpkg-gencontrol -pdeepfake-defenders -Pstage -Tdebian/substvars -fdebian/files
)
(cd "$stage" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
rm -f "$root"/build/packages/*.deb
dpkg-deb --root-owner-group -Zxz --build "$stage" "$root/build/packages" >&2
for package in "$root"/build/packages/*.deb; do
    printf '%s (%s KiB)\n' "$package" "$(($(stat -c %s "$package") / 1024))"
done
