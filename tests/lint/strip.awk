# code(line): the line without comments and with the insides of strings and characters gone.
# A comment over several lines is followed; each file starts outside of one.

FNR == 1 { in_comment = 0 }

function code(line,    out, c, next_two, quote, i, n) {
    out = ""
    quote = ""
    n = length(line)
    for (i = 1; i <= n; i++) {
        c = substr(line, i, 1)
        next_two = substr(line, i, 2)
        if (in_comment) {
            if (next_two == "*/") { in_comment = 0; i++ }
        } else if (quote != "") {
            if (c == "\\") i++
            else if (c == quote) { out = out c; quote = "" }
        } else if (next_two == "/*") {
            in_comment = 1
            i++
        } else if (next_two == "//") {
            break
        } else {
            if (c == "\"" || c == "'") quote = c
            out = out c
        }
    }
    return out
}

function complain(text) {
    printf "%s:%d: %s\n", FILENAME, FNR, text
    found++
}
