#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What `cmake --install` installs works where it was moved to, and needs nothing of the build tree.
#
#   install_test.sh SOURCE BUILD
set -euo pipefail
source_folder=$1
build=$2
place=$(realpath "$(mktemp -d)")
trap 'rm -rf "$place"' EXIT
export HOME=$place/home XDG_RUNTIME_DIR=$place/runtime
unset DFD_PANELS DFD_LANGUAGE XDG_DATA_HOME DISPLAY WAYLAND_DISPLAY QT_QPA_PLATFORM
mkdir "$HOME" && mkdir -m 700 "$XDG_RUNTIME_DIR"

fail() {
    printf 'FAILED: %s\n' "$*"
    exit 1
}

cmake --install "$build" --prefix "$place/first" >"$place/log" || fail "cmake --install: $(tail "$place/log")"
mv "$place/first" "$place/moved here"
prefix="$place/moved here"
share=$prefix/share
cd "$place"

for file in bin/dfd bin/deepfake-defenders share/man/man1/dfd.1 share/man/man1/deepfake-defenders.1 \
    share/applications/deepfake-defenders.desktop share/mime/packages/deepfake-defenders.xml \
    share/metainfo/deepfake-defenders.metainfo.xml share/bash-completion/completions/dfd \
    share/icons/hicolor/scalable/apps/deepfake-defenders.svg \
    share/icons/hicolor/scalable/mimetypes/application-x-deepfake-defenders-case.svg \
    share/deepfake-defenders/models/starter/panel.json \
    share/deepfake-defenders/models/plans/generated.json share/deepfake-defenders/languages/de.po share/doc/deepfake-defenders/CHANGELOG.md; do
    [[ -s $prefix/$file ]] || fail "$file is not installed."
done
for program in dfd deepfake-defenders; do
    for name in models resources/samples resources/manual; do
        if grep -qaF "$source_folder/$name" "$prefix/bin/$program"; then
            fail "$program names $name of the source."
        fi
    done
done

panels=$("$prefix/bin/dfd" panel list)
[[ $panels == *"$share/deepfake-defenders/models"* ]] ||
    fail "the panel is not the installed one: $panels"
score=$("$prefix/bin/dfd" score "$share/deepfake-defenders/samples/desk.jpg")
[[ $score =~ being\ Deepfake:\ [01]\. ]] || fail "no score: $score"

options=$("$prefix/bin/deepfake-defenders" --help | sed -nE 's/^ +(-[a-z], )?--([a-z-]+).*/\2/p')
[[ $options == *new-window* ]] || fail "--help"
for option in $options; do
    [[ $option == help-all ]] || grep -qF -- "\\-\\-${option//-/\\-}" "$share/man/man1/deepfake-defenders.1" ||
        fail "the manual page does not tell of --$option."
done
[[ $("$prefix/bin/deepfake-defenders" --version) == 'deepfake-defenders '[0-9]* ]] || fail "--version"
[[ $("$prefix/bin/dfd" --version) == 'DeepFakeDefenders '[0-9]* ]] || fail "dfd --version"
status=0
"$prefix/bin/deepfake-defenders" >"$place/out" 2>&1 || status=$?
if ((status != 3)) || ! grep -q '^deepfake-defenders: There is no display' "$place/out"; then
    fail "without a display: status $status, $(cat "$place/out")"
fi
echo "All checks passed."
