#-*-shell-script-*-
# Completion of guild commands for bash: guild itself says what a word may become.

_guild_complete() {
    local piece
    COMPREPLY=()
    while IFS= read -r piece; do
        COMPREPLY+=("$piece")
    done < <("$1" sys complete bash "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
    case ${COMPREPLY[0]-} in
    *[=/:]) [ ${#COMPREPLY[@]} -ne 1 ] || compopt -o nospace 2>/dev/null ;;
    esac
}

complete -o nosort -F _guild_complete guild 2>/dev/null || complete -F _guild_complete guild
