#include "ui/pretty.h"

#include "src/base/jscan.h"

#define INDENT 2
#define INDENT_MAX 40 /* deeper levels are drawn at this depth */
#define PIECE_MAX (16u * 1024u)

struct printer {
    struct log_line *lines;
    size_t max, count;
    struct buf *out;
    struct jscan j;
};

static struct log_line *line_now(struct printer *p)
{
    return p->count ? &p->lines[p->count - 1] : NULL;
}

static void add(struct printer *p, enum role role, struct str text)
{
    if (line_now(p))
        log_line_add_str(line_now(p), p->out, role, text);
}

/* false: there is no room for more lines. */
static bool new_line(struct printer *p, unsigned depth)
{
    static const char blanks[INDENT_MAX + 1] = "                                        ";
    if (p->count == p->max)
        return false;
    log_line_begin(&p->lines[p->count++], p->out);
    size_t indent = depth * INDENT < INDENT_MAX ? depth * INDENT : INDENT_MAX;
    add(p, ROLE_TEXT, (struct str){blanks, indent});
    return true;
}

/* Keys by which Powertools and the runtimes join a line to its invocation. */
static enum role key_role(struct str key)
{
    static const char *const joins[] = {"function_request_id", "xray_trace_id", "cold_start",
                                        "requestId",           "AWSRequestId",  "correlation_id"};
    for (size_t i = 0; i < sizeof joins / sizeof *joins; i++)
        if (str_eq(key, str_of(joins[i])))
            return ROLE_KEY;
    return ROLE_JSON_KEY;
}

static void print_string(struct printer *p, struct str raw, unsigned depth)
{
    struct buf room;
    buf_init(&room, PIECE_MAX);
    struct str text = jscan_unescape(raw, &room, NULL);
    bool block = str_find_char(text, '\n') != SIZE_MAX;
    add(p, ROLE_DIM, STR("\""));
    do {
        struct str line = str_take_line(&text);
        add(p, ROLE_JSON_STRING, str_first(line, PIECE_MAX));
        if (text.len > 0 && !new_line(p, depth + 1))
            break;
    } while (block && text.len > 0);
    add(p, ROLE_DIM, STR("\""));
    buf_release(&room);
}

static bool print_value(struct printer *p, unsigned depth);

static bool print_member(struct printer *p, struct str key, unsigned depth)
{
    if (!new_line(p, depth))
        return false;
    add(p, key_role(key), str_first(key, 200));
    add(p, ROLE_DIM, STR(": "));
    return print_value(p, depth);
}

static bool print_object(struct printer *p, unsigned depth)
{
    struct str key;
    bool any = false;
    jscan_object(&p->j);
    add(p, ROLE_DIM, STR("{"));
    while (jscan_key(&p->j, &key)) {
        any = true;
        if (!print_member(p, key, depth + 1))
            return false;
    }
    if (any && !new_line(p, depth))
        return false;
    add(p, ROLE_DIM, STR("}"));
    return !p->j.failed;
}

static bool print_array(struct printer *p, unsigned depth)
{
    bool any = false;
    jscan_array(&p->j);
    add(p, ROLE_DIM, STR("["));
    while (jscan_element(&p->j)) {
        any = true;
        if (!new_line(p, depth + 1) || !print_value(p, depth + 1))
            return false;
    }
    if (any && !new_line(p, depth))
        return false;
    add(p, ROLE_DIM, STR("]"));
    return !p->j.failed;
}

static bool print_value(struct printer *p, unsigned depth)
{
    struct str raw;
    switch (jscan_peek(&p->j)) {
    case JSCAN_OBJECT:
        return print_object(p, depth);
    case JSCAN_ARRAY:
        return print_array(p, depth);
    case JSCAN_STRING:
        if (!jscan_raw_string(&p->j, &raw))
            return false;
        print_string(p, raw, depth);
        return true;
    default:
        if (!jscan_slice(&p->j, &raw))
            return false;
        add(p, ROLE_TEXT, str_first(raw, 400));
        return true;
    }
}

/* Where JSON begins that goes on to the end; SIZE_MAX: nowhere. */
static size_t find_json(struct str text)
{
    for (size_t at = 0; at < text.len && at < 400; at++) {
        if (text.at[at] != '{' && text.at[at] != '[')
            continue;
        struct jscan j;
        jscan_init(&j, str_from(text, at));
        if (jscan_skip(&j) && str_trim(str_from(j.bytes, j.at)).len == 0)
            return at;
    }
    return SIZE_MAX;
}

size_t pretty_lines(struct str text, struct log_line *lines, size_t max, struct buf *out)
{
    struct printer p = {.lines = lines, .max = max, .out = out};
    size_t at = find_json(text);
    if (at == SIZE_MAX || max == 0)
        return 0;
    jscan_init(&p.j, str_from(text, at));
    new_line(&p, 0);
    if (at > 0)
        add(&p, ROLE_TEXT, str_first(text, at));
    if (!print_value(&p, 0) && p.count == max)
        add(&p, ROLE_WARNING, STR(" ..."));
    return p.count;
}
