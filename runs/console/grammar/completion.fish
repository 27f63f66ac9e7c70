#-*-shell-script-*-
# Completion of guild commands for fish: guild itself says what a word may become.

function __guild_complete
    set -l before (commandline -opc)
    set -l word (commandline -ct | string unescape)
    $before[1] sys complete fish $before[2..-1] "$word" 2>/dev/null
end

complete -c guild -f -a '(__guild_complete)'
