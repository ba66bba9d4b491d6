#include "src/model/frame.h"

/* Own is what is not known to be foreign: the lists name where runtimes and packages lie. */

static bool has_any(struct str s, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_has(s, str_of(words[i])))
            return true;
    return false;
}
#define HAS_ANY(s, list) has_any((s), (list), sizeof(list) / sizeof *(list))

static const char *const foreign_paths[] = {
    "site-packages", "dist-packages", "/var/runtime", "/var/lang", "/usr/lib", "/usr/local/lib",
    "/usr/local/go", "/opt/", "node_modules", "node:", "internal/", "<frozen", "/gems/",
    "/pkg/mod/", "aws-lambda-go", "aws-sdk", "bootstrap.py", "/rustc/", ".cargo/",
    "<anonymous>", "native code", "/_/src/",
};
static const char *const foreign_packages[] = {
    "java.", "javax.", "jdk.", "sun.", "com.sun.", "com.amazonaws.", "software.amazon.",
    "lambdainternal.", "org.springframework.", "com.fasterxml.", "org.apache.", "io.netty.",
    "reactor.", "kotlin.", "scala.", "com.google.", "org.hibernate.", "com.mysql.",
    "org.postgresql.", "com.zaxxer.", "io.micronaut.", "io.quarkus.", "okhttp3.", "groovy.",
    "com.oracle.", "oracle.", "org.eclipse.", "org.jboss.", "clojure.", "io.vertx.",
    "com.mongodb.", "redis.clients.", "io.lettuce.", "org.slf4j.", "ch.qos.",
    "System.", "Microsoft.", "Amazon.", "MySql.", "Npgsql.",
};
static const char *const loader_marks[] = {
    "importlib", "imp.py", "load_module", "UserFunction", "_loadUserApp", "_tryRequire",
    "_tryAwaitImport", "_get_handler",
};

/* Answers name Go's own packages without the path of its installation. */
static const char *const go_packages[] = {
    "runtime/", "reflect/", "internal/", "net/", "os/", "io/", "fmt/", "sync/", "maps/", "slices/",
    "context/", "encoding/", "database/", "crypto/", "strings/", "strconv/", "bytes/", "bufio/",
    "errors/", "time/", "sort/", "math/", "regexp/", "text/", "html/", "log/", "syscall/", "iter/",
};

static bool is_go_package(struct str file)
{
    for (size_t i = 0; i < sizeof go_packages / sizeof *go_packages; i++)
        if (str_starts(file, str_of(go_packages[i])))
            return true;
    return false;
}

static bool is_foreign_package(struct str name)
{
    for (size_t i = 0; i < sizeof foreign_packages / sizeof *foreign_packages; i++)
        if (str_starts(name, str_of(foreign_packages[i])))
            return true;
    return false;
}

static struct str digits_at(struct str s)
{
    size_t at = 0;
    while (at < s.len && s.at[at] >= '0' && s.at[at] <= '9')
        at++;
    return str_first(s, at);
}

struct str frame_short_path(struct str path)
{
    (void)str_skip(&path, STR("file://"));
    (void)str_skip(&path, STR("webpack://"));
    (void)str_skip(&path, STR("/var/task/"));
    (void)str_skip(&path, STR("./"));
    return path;
}

/* `  File "/var/task/app.py", line 12, in handler` */
static bool python_frame(struct str s, struct frame *out)
{
    if (!str_skip(&s, STR("File \"")))
        return false;
    out->file = str_take_until(&s, '"');
    if (!str_skip(&s, STR(", line ")) && !str_skip(&s, STR(" Line "))) /* of a syntax error */
        return false;
    out->line = digits_at(s);
    out->innermost_last = true;
    out->own = !HAS_ANY(out->file, foreign_paths);
    return true;
}

/* `path:12` or `path:12:5` at the end of `s`. */
static bool split_place(struct str s, struct frame *out)
{
    size_t colon = str_find_last(s, STR(":"));
    if (colon == SIZE_MAX)
        return false;
    struct str number = digits_at(str_from(s, colon + 1));
    struct str front = str_first(s, colon);
    size_t before = str_find_last(front, STR(":"));
    if (number.len == 0)
        return false;
    if (before != SIZE_MAX && digits_at(str_from(front, before + 1)).len == front.len - before - 1 &&
        front.len > before + 1) {
        number = str_from(front, before + 1);
        front = str_first(front, before);
    }
    out->file = front;
    out->line = number;
    return front.len > 0;
}

/* `at NS.Type.Method() in /src/Function.cs:line 42` */
static bool dotnet_place(struct str s, struct frame *out)
{
    size_t in = str_find(s, STR(" in ")), at = str_find(s, STR(":line "));
    if (in == SIZE_MAX || at == SIZE_MAX || at < in)
        return false;
    out->file = str_first(str_from(s, in + 4), at - in - 4);
    out->line = digits_at(str_from(s, at + 6));
    out->own = !is_foreign_package(s) && !HAS_ANY(out->file, foreign_paths);
    return true;
}

/* `at f (/var/task/a.js:3:9)`, `at a.B.m(B.java:25)`, `at /var/task/a.js:3:9` */
static bool at_frame(struct str s, struct frame *out)
{
    if (!str_skip(&s, STR("at ")))
        return false;
    (void)str_skip(&s, STR("async "));
    if (dotnet_place(s, out))
        return true;
    struct str place = s;
    size_t open = str_find_last(s, STR("("));
    if (open != SIZE_MAX) {
        place = str_from(s, open + 1);
        place = str_first(place, str_find_char(place, ')'));
    }
    if (!split_place(place, out))
        out->file = out->line = STR_NONE;
    bool java = open != SIZE_MAX && open > 0 && s.at[open - 1] != ' ';
    if (java)
        out->own = out->file.len > 0 && !is_foreign_package(s);
    else /* Node's own modules stand without a directory */
        out->own = str_find_char(out->file, '/') != SIZE_MAX && !HAS_ANY(place, foreign_paths);
    return open != SIZE_MAX || out->file.len > 0 || str_find_char(s, '.') != SIZE_MAX;
}

/* `a.B.m(B.java:25)`: Java in its JSON answers. */
static bool java_frame(struct str s, struct frame *out)
{
    static const char *const kinds[] = {".java:", ".kt:", ".scala:", ".groovy:", "(Native Method)",
                                        "(Unknown Source)"};
    size_t open = str_find_char(s, '(');
    struct str name = str_first(s, open);
    if (open == SIZE_MAX || str_find_char(name, '.') == SIZE_MAX || str_find_char(name, ' ') != SIZE_MAX ||
        !HAS_ANY(str_from(s, open), kinds))
        return false;
    struct str place = str_from(s, open + 1);
    if (split_place(str_first(place, str_find_char(place, ')')), out))
        out->own = !is_foreign_package(s);
    return true;
}

/* `/path/main.go:42 +0x1d`, `/var/task/a.rb:12:in 'f'`, `src/main.rs:4:5` */
static bool path_frame(struct str s, struct frame *out)
{
    static const char *const kinds[] = {".go:", ".rb:", ".rs:", ".ps1:", ".php:"};
    (void)str_skip(&s, STR("from "));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t at = str_find(s, str_of(kinds[i]));
        if (at == SIZE_MAX || str_find_char(str_first(s, at), ' ') != SIZE_MAX)
            continue;
        out->file = str_first(s, at + strlen(kinds[i]) - 1);
        out->line = digits_at(str_from(s, at + strlen(kinds[i])));
        out->own = !HAS_ANY(out->file, foreign_paths) && !(i == 0 && is_go_package(out->file));
        return out->line.len > 0;
    }
    return false;
}

bool frame_parse(struct str line, struct frame *out)
{
    *out = (struct frame){.file = STR_NONE, .line = STR_NONE};
    struct str s = str_trim(line);
    while (s.len && (s.at[0] == '"' || s.at[0] == '\'' || s.at[0] == '#'))
        s = str_trim_left(str_from(s, 1));
    if (!python_frame(s, out) && !at_frame(s, out) && !java_frame(s, out) && !path_frame(s, out))
        return false;
    out->loader = HAS_ANY(s, loader_marks);
    return true;
}
