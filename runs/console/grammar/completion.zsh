#-*-shell-script-*-
# Completion of guild commands for zsh: guild itself says what a word may become.

_guild() {
    local value help
    local -a values shown open shownopen
    while IFS=$'\t' read -r value help; do
        if [[ $value == *[=/:] ]]; then
            open+=("$value")
            shownopen+=("$value${help:+  -- $help}")
        else
            values+=("$value")
            shown+=("$value${help:+  -- $help}")
        fi
    done < <("${words[1]}" sys complete zsh "${(@Q)words[2,CURRENT]}" 2>/dev/null)
    local -i none=1
    (( ${#values} )) && compadd -l -d shown -- "${values[@]}" && none=0
    (( ${#open} )) && compadd -l -S '' -d shownopen -- "${open[@]}" && none=0
    return none
}

if (( ! $+functions[compdef] )); then
    autoload -Uz compinit && compinit
fi
compdef _guild guild
