# fish completion of lambdig
@FISH@
complete -c lambdig -l check -d 'only check the settings'
complete -c lambdig -s h -l help -d 'a short usage'
complete -c lambdig -l version -d 'versions of lambdig and its libraries'
