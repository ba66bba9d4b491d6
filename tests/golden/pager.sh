# A pager for the tests: says what it was given, and waits for Enter.
echo "pager: $# words, $(wc -l <"$1") lines"
head -4 "$1"
[ -t 0 ] && [ -t 1 ] && echo "on the terminal"
case $(stat -c %a "$1") in 600) echo "for its user alone" ;; esac
read -r line
