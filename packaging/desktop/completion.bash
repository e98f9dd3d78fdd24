# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of dfd and deepfake-defenders. Commands and options are what the programs' own --help
# lists, asked for once a shell.

declare -gA _dfd_help

# _dfd_help_of PROGRAM [SUBCOMMAND...]: fills _dfd_help for these words.
_dfd_help_of() {
    [[ -n ${_dfd_help["$*"]+known} ]] || _dfd_help["$*"]=$("$@" --help 2>/dev/null </dev/null)
}

# Rows "  name   words" below "Subcommands:".
_dfd_commands() {
    sed -n '/^subcommands:/I,/^$/s/^  \([a-z][a-z0-9-]*\).*/\1/p' <<<"${_dfd_help["$*"]}"
}

_dfd() {
    local word=${COMP_WORDS[COMP_CWORD]} i words
    local -a line=("$1")
    # The subcommands so far: words that the help of those before them lists.
    _dfd_help_of "${line[@]}"
    for ((i = 1; i < COMP_CWORD; ++i)); do
        [[ ${COMP_WORDS[i]} == [a-z]* ]] || break
        _dfd_commands "${line[@]}" | grep -qxF -- "${COMP_WORDS[i]}" || break
        line+=("${COMP_WORDS[i]}")
        _dfd_help_of "${line[@]}"
    done
    COMPREPLY=()
    if [[ $word == -* ]]; then
        words=$(grep -oE -- '(^|[ ,])--[a-z][a-z0-9+-]*' <<<"${_dfd_help["${line[*]}"]}" | tr -d ' ,' | sort -u)
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    elif ((i == COMP_CWORD)); then
        mapfile -t COMPREPLY < <(compgen -W "$(_dfd_commands "${line[@]}")" -- "$word")
    fi
    # Otherwise bash completes file names.
}

complete -o bashdefault -o default -F _dfd dfd deepfake-defenders
