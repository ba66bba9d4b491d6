# Who may include whom, and in which file a third-party header may stand.

BEGIN {
    # room: the beginnings of what its files may include besides its own
    allow["src/base"] = "src/base/"
    allow["src/model"] = "src/base/ src/model/"
    allow["src/conf"] = "src/base/ src/conf/"
    allow["src/aws"] = "src/base/ src/model/ src/aws/"
    allow["src/source"] = "src/base/ src/model/ src/aws/ src/source/"
    allow["src/feed"] = "src/base/ src/model/ src/source/ src/feed/"
    allow["src/cli"] = "src/base/ src/model/ src/conf/ src/source/ src/feed/ src/cli/"
    allow["ui"] = "src/base/ src/model/ src/conf/ src/feed/store.h src/feed/inbox.h ui/"
    allow["src"] = "src/ ui/" # main and its program_*.c wire the rooms together

    # third-party header: the files, or rooms, it may stand in
    home["utf8proc.h"] = "src/base/utf8.c"
    home["pcre2.h"] = "src/base/match.c"
    home["zlib.h"] = "src/base/inflate.c"
    home["openssl/"] = "src/base/digest.c"
    home["immintrin.h"] = "src/base/needles.c"
    home["emmintrin.h"] = "src/base/find.h"
    home["yaml.h"] = "src/conf/"
    home["curl/"] = "src/aws/"
    home["jansson.h"] = "src/aws/ src/source/"
    home["expat.h"] = "src/aws/"
    home["pthread.h"] = "src/feed/"
    home["curses.h"] = "ui/term.c"
    home["term.h"] = "ui/term.c"

    words = "assert ctype dirent errno fcntl getopt inttypes langinfo limits locale poll pwd" \
        " signal spawn stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib string" \
        " strings termios time unistd wchar sys/eventfd sys/file sys/ioctl sys/mman sys/prctl" \
        " sys/resource sys/select sys/signalfd sys/socket sys/stat sys/time sys/types" \
        " sys/uio sys/un sys/wait netdb netinet/in arpa/inet"
    n = split(words, list, " ")
    for (i = 1; i <= n; i++)
        system_header[list[i] ".h"] = 1
    # model has values in and values out: no files, no clock, no signals
    n = split("limits inttypes stdarg stdbool stddef stdint stdlib string stdio", list, " ")
    for (i = 1; i <= n; i++)
        model_header[list[i] ".h"] = 1
}

FNR == 1 {
    room = FILENAME
    sub(/\/[^\/]*$/, "", room)
}

function begins_with_one_of(text, beginnings,    list, n, i) {
    n = split(beginnings, list, " ")
    for (i = 1; i <= n; i++)
        if (index(text, list[i]) == 1)
            return 1
    return 0
}

function home_of(header,    beginning) {
    for (beginning in home)
        if (index(header, beginning) == 1)
            return home[beginning]
    return ""
}

function check_system(header) {
    where = home_of(header)
    if (where != "") {
        if (room != "src" && !begins_with_one_of(FILENAME, where))
            complain("<" header "> may stand only in " where)
    } else if (!(header in system_header)) {
        complain("<" header "> is no header of the C library that layers.awk knows")
    } else if (room == "src/model" && !(header in model_header)) {
        complain("<" header "> in model: values in, values out")
    }
}

/^[ \t]*#[ \t]*include/ {
    header = $0
    sub(/^[ \t]*#[ \t]*include[ \t]*/, "", header)
    if (header ~ /^</) {
        sub(/^</, "", header)
        sub(/>.*/, "", header)
        check_system(header)
    } else {
        sub(/^"/, "", header)
        sub(/".*/, "", header)
        if (!(room in allow))
            complain("the folder " room " is no room of layers.awk")
        else if (header != "config.h" && !begins_with_one_of(header, allow[room]))
            complain(room " may not include " header)
    }
}

END { exit found > 0 }
