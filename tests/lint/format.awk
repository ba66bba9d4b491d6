# Columns, blanks, lengths and header guards. Columns are characters, not bytes.

BEGIN { COLUMNS = 100; FILE_LINES = 600; FUNCTION_LINES = 60 }

function columns(line) {
    gsub(/[\200-\277]/, "", line)
    return length(line)
}

function guard_of(path) {
    sub(/^src\//, "", path)
    gsub(/[^A-Za-z0-9]/, "_", path)
    return "LAMBDIG_" toupper(path)
}

function end_file() {
    if (last_file ~ /\.h$/ && last_file !~ /^tests\// && guard != guard_of(last_file)) {
        printf "%s:1: its guard is %s, not %s\n", last_file, guard, guard_of(last_file)
        found++
    }
    if (last_file != "" && lines > FILE_LINES) {
        printf "%s:%d: a file of more than %d lines\n", last_file, lines, FILE_LINES
        found++
    }
}

FNR == 1 {
    end_file()
    last_file = FILENAME
    guard = "none"
    body = 0
}

{ lines = FNR }
/\t/ { complain("a tab") }
/[ \t\r]$/ { complain("blanks at the end of the line") }
columns($0) > COLUMNS { complain(columns($0) " columns, more than " COLUMNS) }
guard == "none" && /^#ifndef / { guard = $2 }

# A function's body is what stands between braces in the first column.
/^\{/ { body = FNR }
/^\}/ {
    if (body && FNR - body - 1 > FUNCTION_LINES)
        complain("a function of " (FNR - body - 1) " lines, more than " FUNCTION_LINES)
    body = 0
}

END { end_file(); exit found > 0 }
