#!/bin/sh
# The rules that a compiler does not see: layers, banned calls, format. Each lint first shows
# that it can fail: it is given bad lines one by one, then good ones, then the tree.
set -u
unset CDPATH
cd "${SRCDIR:-${srcdir:-.}}" || exit 99
lint=$(pwd)/tests/lint
tree=$(pwd)
LC_ALL=C
export LC_ALL
room=$(mktemp -d) || exit 99
trap 'rm -rf "$room"' EXIT
failed=0

result() { # STATUS NAME
    if [ "$1" = 0 ]; then
        echo "lambdig-case: PASS $2"
    else
        echo "lambdig-case: FAIL $2"
        failed=1
    fi
}

run() { # LINT FILE...
    name=$1
    shift
    awk -f "$lint/strip.awk" -f "$lint/$name.awk" "$@"
}

# snippet LINT good|bad FILE: the text on stdin, as that file, must pass or not
snippet() {
    mkdir -p "$room/$(dirname "$3")"
    cat >"$room/$3"
    (cd "$room" && run "$1" "$3") >"$room/out" 2>&1
    status=$?
    case $2:$status in
    good:0 | bad:1) ;;
    *)
        echo "$1 takes this for $([ "$2" = good ] && echo bad || echo good) (status $status), as $3:"
        head -n 3 "$room/$3" "$room/out"
        : >"$room/wrong"
        ;;
    esac
}

snippets_result() { # NAME
    [ ! -e "$room/wrong" ]
    result $? "$1"
    rm -f "$room/wrong"
}

# rows LINT: each line `good|bad FILE TEXT` is a file of one line
rows() {
    while read -r verdict file text; do
        printf '%s\n' "$text" | snippet "$1" "$verdict" "$file"
    done
}

rows layers <<'ROWS'
bad src/base/x.c #include "src/model/report.h"
bad src/model/x.c #include "src/feed/store.h"
bad src/model/x.c #include <jansson.h>
bad src/model/x.c #include <time.h>
bad src/conf/x.c #include "src/model/event.h"
bad src/aws/x.c #include "src/source/source.h"
bad src/source/x.c #include "src/feed/store.h"
bad src/feed/x.c #include "ui/pane.h"
bad src/feed/x.c #include <curl/curl.h>
bad src/cli/x.c #include "ui/theme.h"
bad src/cli/x.c #include <jansson.h>
bad ui/x.c #include "src/feed/ring.h"
bad ui/x.c #include "src/aws/json.h"
bad ui/pane_x.c #include <curses.h>
bad ui/x.c # include <pthread.h>
bad src/base/x.c #include <zlib.h>
bad src/base/x.c #include <glib.h>
bad src/other/x.c #include "src/base/str.h"
bad ui/x.c #include "canvas.h"
good src/base/inflate.c #include <zlib.h>
good src/model/x.c #include "src/base/jscan.h"
good src/cli/x.c #include "src/feed/store.h"
good ui/term.c #include <curses.h>
good ui/x.c #include "src/feed/store.h"
good ui/x.c #include "config.h"
good src/main.c #include "ui/app.h"
good src/program_x.c #include <curl/curl.h>
ROWS
snippets_result "layers sees what it must"

rows banned <<'ROWS'
bad src/base/x.c strcpy(a, b);
bad src/base/x.c x = (int)strtod (a, NULL);
bad src/feed/x.c t = localtime(&now);
bad src/feed/x.c /* first */ usleep(1); /* last */
bad src/feed/x.c n = sprintf(a, "strcpy(x)");
bad src/model/x.c double share;
bad src/model/x.c x = (float)y;
bad ui/x.c printf("%d", 1);
bad ui/x.c fprintf(stdout, "x");
bad tests/unit/test_x.c sleep(1);
bad src/feed/x.c system("ls");
bad src/feed/x.c signal(SIGINT, on_int);
good src/feed/x.c signal(SIGPIPE, SIG_IGN);
bad tests/integration/x.py time.sleep(1)
bad tests/integration/x.sh while :; do sleep "$T"; done
good src/base/x.c snprintf(a, 3, "sprintf(x)");
good src/base/x.c /* strcpy(a, b) */ x = 1; // gets(x)
good src/base/x.c localtime_r(&now, &tm); x->system(1); my_sleep(2); c = '"'; d = "\"rand(";
good tests/unit/test_x.c n = sscanf(a, "%d", &b);
good tests/bench/x.c nanosleep(&pace, NULL);
good src/cli/x.c printf("%d", 1); double share;
good src/model/x.c /* a double would round */ int doubled;
good tests/integration/x.py # no sleep(1) here
ROWS
snippet banned good src/base/y.c <<'TEXT'
/* a comment over lines
 * strcpy(a, b);
 */
int x;
TEXT
snippet banned bad src/base/y.c <<'TEXT'
/* a comment over lines
 */ strcat(a, b);
TEXT
snippets_result "banned calls are seen where they are calls"

hundred=$(printf '%0100d' 0)
printf 'int a;\n\tint b;\n' | snippet format bad src/base/x.c
printf 'int a; \n' | snippet format bad src/base/x.c
printf 'int a;\r\n' | snippet format bad src/base/x.c
printf '//%s\n' "$hundred" | snippet format bad src/base/x.c
printf '%s\n' "$hundred" | snippet format good src/base/x.c
printf '/*%s*/\n' "$(printf '%048d' 0 | sed 's/0/\xe2\x80\x94/g')" | snippet format good src/base/x.c
awk 'BEGIN { for (i = 0; i < 601; i++) print "int a;" }' | snippet format bad src/base/x.c
awk 'BEGIN { for (i = 0; i < 600; i++) print "int a;" }' | snippet format good src/base/x.c
awk 'BEGIN { print "{"; for (i = 0; i < 61; i++) print "a();"; print "}" }' |
    snippet format bad src/base/x.c
awk 'BEGIN { print "{"; for (i = 0; i < 60; i++) print "a();"; print "}" }' |
    snippet format good src/base/x.c
printf '#ifndef BUF_H\n' | snippet format bad src/base/buf.h
printf 'int a;\n' | snippet format bad src/base/buf.h
printf '#ifndef LAMBDIG_BASE_BUF_H\n' | snippet format good src/base/buf.h
printf '#ifndef LAMBDIG_UI_PANE_TAIL_H\n' | snippet format good ui/pane_tail.h
snippets_result "format sees what it must"

cd "$tree" || exit 99
code=$(find src ui -name '*.[ch]' | sort)
tests=$(find tests -path tests/lint -prune -o \( -name '*.[ch]' -o -name '*.py' -o -name '*.sh' \) -print |
    sort)
tables=$(find src ui -name '*.def' | sort)
[ "$(printf '%s\n' $code | wc -l)" -gt 50 ]
result $? "the tree is here to be read"
run layers $code
result $? "the rooms include what they may"
run banned $code $tests
result $? "no banned call is used"
run format $code $tables $(printf '%s\n' $tests | grep '\.[ch]$') >"$room/found"
grep -v ' columns, more than ' "$room/found"
[ $? = 1 ]
result $? "lengths and guards are kept"
# The rooms whose lines may still be longer. The list only shrinks.
wide='^src/model/|^tests/unit/|\.def:'
! grep ' columns, more than ' "$room/found" | grep -Ev "$wide"
result $? "columns are kept in all rooms but those that never were"
echo "note: $(grep -c ' columns, more than ' "$room/found") lines of the other rooms have more columns"
exit $failed
