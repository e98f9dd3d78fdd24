#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Keeps the translations in resources/languages complete, with gettext's tools.
#
#   packaging/languages.sh           fails with a list if a catalogue lacks a sentence, if a
#                                    translation is a guess (fuzzy), or if its %1 … %9 differ
#   packaging/languages.sh update    writes new sentences into every catalogue, without translations
#   packaging/languages.sh [update] --in FOLDER
#                                    the same for another tree of sources
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

command=check
tree=$root
while (($#)); do
    case $1 in
    check | update) command=$1 ;;
    --in)
        [[ -d ${2:-} ]] || fail "--in needs a folder."
        tree=$2
        shift
        ;;
    *) fail "Unknown argument '$1'; languages.sh takes check, update and --in." ;;
    esac
    shift
done
for tool in xgettext msgmerge msgattrib msgfmt; do
    command -v "$tool" >/dev/null || fail "There is no $tool; packaging/setup.sh --tests installs it."
done
export LC_ALL=C.UTF-8 # the tools' own words, and the order of files
cd "$tree"

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
sentences=$place/sentences.pot

# Every sentence of the sources. Where placeholders stand is checked in all of them, and no per cent
# sign is taken for one of printf's.
folders=()
for folder in ui core app/dfd app/window; do
    if [[ -d $folder ]]; then folders+=("$folder"); fi
done
find "${folders[@]}" \( -name '*.cpp' -o -name '*.h' \) | sort >"$place/files"
flags=()
for word in tr:1 say:1 say_count:2 say_count:3 to_say:1; do
    flags+=("--flag=$word:qt-format" "--flag=$word:no-c-format")
done
xgettext --from-code=UTF-8 --c++ --qt --keyword= --keyword=tr:1,2c --keyword=tr:1 --keyword=say \
    --keyword=say_count:2,3 --keyword=to_say "${flags[@]}" --add-location=file --sort-by-file \
    --package-name=DeepFakeDefenders --files-from="$place/files" --output="$sentences" ||
    fail "xgettext could not read the sources."
[[ -s $sentences ]] || fail "No sentence was found in $tree."
# A date would change every catalogue at every update.
sed -i -e '/^"POT-Creation-Date:/d' -e 's/^#, no-c-format, /#, /' "$sentences"

shopt -s nullglob
catalogues=(resources/languages/*.po)
((${#catalogues[@]})) || fail "There is no catalogue in $tree/resources/languages."

if [[ $command == update ]]; then
    for catalogue in "${catalogues[@]}"; do
        msgmerge --quiet --update --backup=none --previous --add-location=file --sort-by-file \
            "$catalogue" "$sentences" || fail "$catalogue could not be updated."
        say "$catalogue: $(msgfmt --statistics --output-file=/dev/null "$catalogue" 2>&1)"
    done
    exit 0
fi

# The sentences among the entries of a PO file, each with where it is said.
listed() {
    awk '/^#: / { place = substr($0, 4) }
         /^msgid / { sentence = substr($0, 7); open = 1; next }
         /^"/ && open { sentence = sentence $0; next }
         { if (open && sentence != "\"\"") { gsub(/""/, "", sentence); print "  " place ": " sentence } open = 0 }'
}

wrong=0
for catalogue in "${catalogues[@]}"; do
    merged=$place/$(basename -- "$catalogue")
    # Every sentence, with what the catalogue has for it. A translation whose placeholders differ is
    # marked as a guess here, or found by msgfmt below.
    msgmerge --quiet --no-fuzzy-matching --output-file="$merged" "$catalogue" "$sentences" ||
        fail "$catalogue cannot be read."
    # A plural without one of its forms counts as untranslated, too.
    missing=$({
        msgattrib --untranslated --no-obsolete --no-wrap "$merged"
        msgattrib --translated --no-obsolete --no-wrap "$merged" | awk 'BEGIN { RS = ""; ORS = "\n\n" } /\nmsgstr\[[0-9]\] ""(\n|$)/'
    } | listed)
    guessed=$(msgattrib --only-fuzzy --no-obsolete --no-wrap "$merged" | listed)
    differing=
    msgfmt --check --output-file=/dev/null "$merged" 2>"$place/said" ||
        differing=$(grep -v ': warning: ' "$place/said" | sed "s|^$place/|  |")
    [[ -z $missing ]] || say "$catalogue lacks:"$'\n'"$missing"
    [[ -z $guessed ]] || say "$catalogue guesses (fuzzy), or has other placeholders:"$'\n'"$guessed"
    [[ -z $differing ]] || say "$catalogue has errors (lines as after an update):"$'\n'"$differing"
    [[ -z $missing$guessed$differing ]] || wrong=1
done
if ((wrong)); then
    fail "Run packaging/languages.sh update, translate what is new, and check again."
fi
