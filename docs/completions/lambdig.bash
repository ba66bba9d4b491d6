# bash completion of lambdig
_lambdig()
{
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options commands
    options='--profile --region --endpoint-url --since --until --format --color --ascii --utc --theme --mouse --write --config --allow-insecure-endpoint --debug-log --memory-limit-mb --allow-core --play-speed --case --logs --fail-on --follow --grep --class --invocations --raw --filter-pattern --poll-ms --overlap-ms --sweep-ms --sweep-every-ms --calls-per-s --check --help --version'
    commands='demo triage tail trace config'
    case $before in
    --profile | -p)
        COMPREPLY=()
        return ;;
    --region | -r)
        COMPREPLY=()
        return ;;
    --endpoint-url)
        COMPREPLY=()
        return ;;
    --since)
        COMPREPLY=()
        return ;;
    --until)
        COMPREPLY=()
        return ;;
    --format)
        COMPREPLY=($(compgen -W 'text json markdown' -- "$word"))
        return ;;
    --color)
        COMPREPLY=($(compgen -W 'auto always never' -- "$word"))
        return ;;
    --theme)
        COMPREPLY=($(compgen -W 'dark light high-contrast deuteranopia tritanopia mono' -- "$word"))
        return ;;
    --config)
        COMPREPLY=($(compgen -f -- "$word"))
        return ;;
    --debug-log)
        COMPREPLY=($(compgen -f -- "$word"))
        return ;;
    --memory-limit-mb)
        COMPREPLY=()
        return ;;
    --play-speed)
        COMPREPLY=()
        return ;;
    --case)
        COMPREPLY=($(compgen -d -- "$word"))
        return ;;
    --logs)
        COMPREPLY=($(compgen -f -- "$word"))
        return ;;
    --fail-on)
        COMPREPLY=($(compgen -W 'any timeout memory exception startup crash throttle permission downstream success incomplete ambiguous' -- "$word"))
        return ;;
    --grep)
        COMPREPLY=()
        return ;;
    --class)
        COMPREPLY=()
        return ;;
    --filter-pattern)
        COMPREPLY=()
        return ;;
    --poll-ms)
        COMPREPLY=()
        return ;;
    --overlap-ms)
        COMPREPLY=()
        return ;;
    --sweep-ms)
        COMPREPLY=()
        return ;;
    --sweep-every-ms)
        COMPREPLY=()
        return ;;
    --calls-per-s)
        COMPREPLY=()
        return ;;
    esac
    if [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "$options" -- "$word"))
    else
        COMPREPLY=($(compgen -W "$commands" -- "$word") $(compgen -f -- "$word"))
    fi
}
complete -o filenames -F _lambdig lambdig
