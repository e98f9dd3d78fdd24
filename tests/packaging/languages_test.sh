#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What packaging/languages.sh finds in small catalogues: what is missing, guessed or wrong.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR/../../packaging source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../packaging/common.sh"

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir -p "$place/ui" "$place/core" "$place/resources/languages"
catalogue=$place/resources/languages/de.po
failures=0

cat >"$place/ui/window.cpp" <<'END'
const QString plain = tr("Plain \"words\" …");
const QString of = tr("%1 of %2").arg(1).arg(2);
const QString button = tr("Open", "a button");
END
cat >"$place/core/words.h" <<'END'
const auto pictures = say_count(n, "%1 picture of %2", "%1 pictures of %2", {whose});
constexpr const char* kWords[] = {to_say("100 % of it")};
END

# write [SED EXPRESSION]: the whole catalogue, changed.
write() {
    sed -e "${1:-}" >"$catalogue" <<'END'
msgid ""
msgstr ""
"Language: de\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

msgid "Plain \"words\" …"
msgstr "Schlichte „Worte“ …"

msgid "%1 of %2"
msgstr "von %2 sind es %1"

msgctxt "a button"
msgid "Open"
msgstr "Öffnen"

msgid "%1 picture of %2"
msgid_plural "%1 pictures of %2"
msgstr[0] "%1 Bild von %2"
msgstr[1] "%1 Bilder von %2"

msgid "100 % of it"
msgstr "100 % davon"

msgid "Said no more"
msgstr "nicht mehr gesagt"
END
}

# expect STATUS WORDS WHAT: the status of the check, and words of what it says.
expect() {
    local status=0 said
    said=$("${root:?}/packaging/languages.sh" check --in "$place" 2>&1) || status=$?
    if [[ $status != "$1" || $said != *"$2"* || ($status == 0 && -n $said) ]]; then
        printf 'FAILED: %s: status %s, said "%s"; expected %s and "%s".\n' "$3" "$status" "$said" "$1" "$2"
        failures=$((failures + 1))
    fi
}

write
expect 0 '' 'a whole catalogue'
write '/^msgid "Plain/,/^$/d'
expect 1 'ui/window.cpp: "Plain \"words\" …"' 'a missing sentence'
write 's/^msgstr "Schlichte.*/msgstr ""/'
expect 1 '"Plain \"words\" …"' 'a sentence without a translation'
write 's/^msgctxt.*//'
expect 1 '"Open"' 'a translation of the same word elsewhere'
write 's/^msgstr\[1\].*/msgstr[1] ""/'
expect 1 'core/words.h: "%1 picture of %2"' 'a plural without one of its forms'
write 's/^msgid "%1 of/#, fuzzy\n&/'
expect 1 '"%1 of %2"' 'a guess'
for flag in '' '#, qt-format\n'; do
    write "s/^msgid \"%1 of/$flag&/; s/von %2 sind es %1/es sind %1/"
    expect 1 de.po 'a missing placeholder'
    write "s/^msgid \"%1 of/$flag&/; s/von %2 sind es %1/von %2 sind es %1, %3/"
    expect 1 de.po 'a placeholder too many'
    write "s/^msgid \"Plain/$flag&/; s/Schlichte/%1/"
    expect 1 de.po 'a placeholder where English has none'
    write "s/^msgid \"%1 picture/$flag&/; s/Bilder von %2/Bilder/"
    expect 1 de.po 'a missing placeholder of a plural'
done
write 's/Öffnen"/Öffnen/'
expect 1 'cannot be read' 'a catalogue that is damaged'

# An update writes what is missing, keeps what is there, and changes nothing the second time.
write '/^msgid "Plain/,/^$/d'
"$root/packaging/languages.sh" update --in "$place" 2>"$place/said"
cp "$catalogue" "$place/once"
"$root/packaging/languages.sh" update --in "$place" 2>"$place/said"
if ! cmp -s "$catalogue" "$place/once" || ! grep -q '^msgid "Plain' "$catalogue" ||
    ! grep -q '^msgstr "von %2 sind es %1"' "$catalogue" || grep -qE '^#: .*:[0-9]' "$catalogue"; then
    printf 'FAILED: after an update the catalogue is:\n'
    cat "$catalogue"
    failures=$((failures + 1))
fi
expect 1 '"Plain \"words\" …"' 'an update without a translation'
exit "$((failures > 0))"
