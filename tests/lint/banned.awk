# Calls that copy without a bound, ignore errors, follow the locale, share hidden state or wait.

BEGIN {
    n = split("strcpy strcat sprintf vsprintf gets strtok atoi atol atoll atof strtod strtof" \
        " scanf fscanf sscanf vscanf vsscanf system popen localtime gmtime asctime ctime" \
        " rand srand signal alloca tmpnam mktemp", list, " ")
    for (i = 1; i <= n; i++)
        banned[list[i]] = "src/ ui/"
    n = split("printf vprintf puts putchar", list, " ")
    for (i = 1; i <= n; i++)
        banned[list[i]] = "ui/"
    # benches keep a pace; everything else waits for a condition
    n = split("sleep usleep nanosleep", list, " ")
    for (i = 1; i <= n; i++)
        banned[list[i]] = "src/ ui/ tests/unit/ tests/golden/ tests/integration/ tests/fuzz/"
}

function stands_in(path, folders,    list, n, i) {
    n = split(folders, list, " ")
    for (i = 1; i <= n; i++)
        if (index(path, list[i]) == 1)
            return 1
    return 0
}

function check_calls(line,    name) {
    while (match(line, /[A-Za-z_][A-Za-z0-9_]*[ \t]*\(/)) {
        name = substr(line, RSTART, RLENGTH)
        sub(/[ \t]*\($/, "", name)
        before = RSTART > 1 ? substr(line, RSTART - 1, 1) : ""
        if (name in banned && before !~ /[.>]/ && stands_in(FILENAME, banned[name]))
            complain(name "() is not used here")
        line = substr(line, RSTART + RLENGTH)
    }
}

FILENAME ~ /\.py$/ {
    if ($0 !~ /^[ \t]*#/ && $0 ~ /(^|[^A-Za-z0-9_])sleep[ \t]*\(/)
        complain("a test waits for a condition, it does not sleep")
    next
}

FILENAME ~ /\.sh$/ {
    if ($0 !~ /^[ \t]*#/ && $0 ~ /(^|[;&|({ \t])sleep[ \t]+[0-9.$\"]/)
        complain("a test waits for a condition, it does not sleep")
    next
}

{
    line = code($0)
    gsub(/signal\([A-Z]+, SIG_(IGN|DFL)\)/, "", line) # no handler: the same everywhere
    check_calls(line)
    if (index(FILENAME, "ui/") == 1 && line ~ /(fprintf|vfprintf)[ \t]*\([ \t]*stdout/)
        complain("the screen is drawn by term.c, not printed to")
    if (index(FILENAME, "src/model/") == 1 && line ~ /(^|[^A-Za-z0-9_])(double|float)([^A-Za-z0-9_]|$)/)
        complain("floating point in model: durations and sizes are integers")
}

END { exit found > 0 }
