# bash completion of lambdig
_lambdig()
{
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options commands
@BASH_OPTIONS@
    case $before in
@BASH_VALUES@
    esac
    if [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "$options" -- "$word"))
    else
        COMPREPLY=($(compgen -W "$commands" -- "$word") $(compgen -f -- "$word"))
    fi
}
complete -o filenames -F _lambdig lambdig
