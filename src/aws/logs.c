#include "src/aws/logs.h"

/* Which member of an event a key names; the same under each of the names it has. */
enum slot { SLOT_NONE, SLOT_MESSAGE, SLOT_TIME, SLOT_INGESTION, SLOT_STREAM, SLOT_GROUP, SLOT_ID };

static const struct slot_key {
    struct str key;
    enum slot slot;
    bool tells; /* no program's own JSON line has this key */
} slot_keys[] = {
    {{"message", 7}, SLOT_MESSAGE, false},
    {{"timestamp", 9}, SLOT_TIME, false},
    {{"ingestionTime", 13}, SLOT_INGESTION, true},
    {{"logStreamName", 13}, SLOT_STREAM, true},
    {{"eventId", 7}, SLOT_ID, false},
    {{"id", 2}, SLOT_ID, false},
    {{"logGroupName", 12}, SLOT_GROUP, true},
    {{"logGroupIdentifier", 18}, SLOT_GROUP, true},
    {{"@message", 8}, SLOT_MESSAGE, true},
    {{"@timestamp", 10}, SLOT_TIME, false},
    {{"@ingestionTime", 14}, SLOT_INGESTION, true},
    {{"@logStream", 10}, SLOT_STREAM, true},
    {{"@log", 4}, SLOT_GROUP, true},
    {{"@ptr", 4}, SLOT_NONE, true},
};

struct draft { /* an event while its members come in */
    struct event event;
    struct buf *text;
    bool has_message, tells, has_number_time;
    unsigned unknown; /* keys that no event has */
};

static const struct slot_key *slot_of(struct str key)
{
    for (size_t i = 0; i < sizeof slot_keys / sizeof slot_keys[0]; i++)
        if (str_eq(key, slot_keys[i].key))
            return &slot_keys[i];
    return NULL;
}

/* Milliseconds as digits; anything else is no time. */
static bool is_ms(struct str digits, int64_t *unix_ms)
{
    uint64_t value;
    if (digits.len < 11 || !str_to_u64(digits, (uint64_t)INT64_MAX / 1000, &value))
        return false;
    *unix_ms = (int64_t)value;
    return true;
}

static int64_t time_of(struct str text)
{
    int64_t unix_ms = TIME_NONE;
    if (!is_ms(text, &unix_ms) && !clock_take_iso(&text, &unix_ms))
        return TIME_NONE;
    return unix_ms;
}

/* `123456789012:/aws/lambda/fn` and the ARN of a group both end in its name. */
static struct str group_name(struct str text)
{
    size_t slash = str_find(text, STR(":/"));
    if (slash != SIZE_MAX)
        return str_from(text, slash + 1);
    size_t group = str_find(text, STR(":log-group:"));
    return group == SIZE_MAX ? text : str_from(text, group + sizeof ":log-group:" - 1);
}

static void put(struct draft *d, enum slot slot, struct str text)
{
    switch (slot) {
    case SLOT_MESSAGE:
        d->event.message = text;
        d->has_message = true;
        break;
    case SLOT_TIME: d->event.unix_ms = time_of(text); break;
    case SLOT_INGESTION: d->event.ingestion_ms = time_of(text); break;
    case SLOT_STREAM: d->event.log_stream = text; break;
    case SLOT_GROUP: d->event.log_group = group_name(text); break;
    case SLOT_ID: d->event.id = text; break;
    case SLOT_NONE: break;
    }
}

/* A string, a number, or, as the console exports JSON messages, an object as it stands. */
static bool take_text(struct jscan *j, struct buf *text, struct str *out, bool *is_number)
{
    struct str raw;
    enum jscan_type type = jscan_peek(j);
    *is_number = type == JSCAN_NUMBER;
    if (type == JSCAN_STRING) {
        if (!jscan_raw_string(j, &raw))
            return false;
        *out = jscan_unescape(raw, text, &j->bad_escapes);
        return true;
    }
    if (type == JSCAN_NUMBER)
        return jscan_number(j, out);
    *out = STR_NONE;
    return type == JSCAN_OBJECT || type == JSCAN_ARRAY ? jscan_slice(j, out) : jscan_skip(j);
}

static bool take_member(struct jscan *j, struct draft *d, struct str key)
{
    const struct slot_key *found = slot_of(key);
    struct str value;
    bool is_number;
    if (!found) {
        d->unknown++;
        return jscan_skip(j);
    }
    if (!take_text(j, d->text, &value, &is_number))
        return false;
    d->tells |= found->tells;
    d->has_number_time |= found->slot == SLOT_TIME && is_number;
    put(d, found->slot, value);
    return true;
}

static bool take_object(struct jscan *j, struct draft *d)
{
    struct str key;
    if (!jscan_object(j))
        return false;
    while (jscan_key(j, &key))
        if (!take_member(j, d, key))
            return false;
    return !j->failed;
}

/* {"field": "@message", "value": "..."} */
static bool take_cell(struct jscan *j, struct draft *d)
{
    struct str key, field = STR_NONE, value = STR_NONE;
    bool is_number;
    if (!jscan_object(j))
        return jscan_skip(j);
    while (jscan_key(j, &key)) {
        bool known = str_eq(key, STR("field")) || str_eq(key, STR("value"));
        if (!(known ? take_text(j, d->text, str_eq(key, STR("field")) ? &field : &value, &is_number)
                    : jscan_skip(j)))
            return false;
    }
    const struct slot_key *found = field.len ? slot_of(field) : NULL;
    if (found) {
        d->tells |= found->tells;
        put(d, found->slot, value);
    }
    return !j->failed;
}

/* A row of cells, or the pair [milliseconds, message]. */
static bool take_row(struct jscan *j, struct draft *d)
{
    if (!jscan_array(j))
        return false;
    while (jscan_element(j)) {
        struct str text;
        bool is_number;
        enum jscan_type type = jscan_peek(j);
        if (type == JSCAN_OBJECT ? !take_cell(j, d)
            : type == JSCAN_NUMBER || type == JSCAN_STRING
                ? !take_text(j, d->text, &text, &is_number)
                : !jscan_skip(j))
            return false;
        if (type == JSCAN_NUMBER && is_ms(text, &d->event.unix_ms))
            d->has_number_time = true;
        else if (type == JSCAN_STRING && d->has_number_time)
            put(d, SLOT_MESSAGE, text);
    }
    return !j->failed;
}

static bool is_event(const struct draft *d)
{
    return d->has_message && (d->tells || (d->has_number_time && d->unknown == 0));
}

struct event logs_no_event(void)
{
    return (struct event){.function = STR_NONE,
                          .log_group = STR_NONE,
                          .log_stream = STR_NONE,
                          .id = STR_NONE,
                          .message = STR_NONE,
                          .unix_ms = TIME_NONE,
                          .ingestion_ms = TIME_NONE};
}

enum logs_item logs_read_item(struct str bytes, struct buf *text, struct event *out, size_t *len)
{
    struct jscan j;
    struct draft d = {.event = logs_no_event(), .text = text};
    jscan_init(&j, bytes);
    enum jscan_type type = jscan_peek(&j);
    bool whole = type == JSCAN_OBJECT ? take_object(&j, &d)
                 : type == JSCAN_ARRAY ? take_row(&j, &d)
                                       : jscan_skip(&j);
    *len = j.at;
    if (!whole)
        return j.ended ? LOGS_CUT : LOGS_BROKEN;
    if (!is_event(&d))
        return LOGS_OTHER;
    *out = d.event;
    out->function = logs_function_of(out->log_group, out->log_stream);
    return LOGS_EVENT;
}

bool logs_is_list_key(struct str key)
{
    return str_eq(key, STR("events")) || str_eq(key, STR("results")) ||
           str_eq(key, STR("logEvents")) || str_eq(key, STR("sessionResults"));
}

/* An element begins with a bracket and one of the keys that elements have. */
static bool may_begin(struct str s)
{
    static const struct str cell_keys[] = {{"field", 5}, {"value", 5}};
    bool row = s.at[0] == '[';
    s = str_trim_left(str_from(s, 1));
    if (row && (s.len == 0 || s.at[0] != '{'))
        return false;
    s = row ? str_trim_left(str_from(s, 1)) : s;
    if (s.len < 3 || s.at[0] != '"')
        return false;
    s = str_from(s, 1);
    struct str key = str_first(s, str_find_char(str_first(s, 40), '"'));
    return row ? str_eq(key, cell_keys[0]) || str_eq(key, cell_keys[1]) : slot_of(key) != NULL;
}

size_t logs_find_next(struct str bytes)
{
    for (size_t i = 1; i < bytes.len; i++)
        if ((bytes.at[i] == '{' || bytes.at[i] == '[') && may_begin(str_from(bytes, i)))
            return i;
    return bytes.len;
}

struct str logs_function_of(struct str group, struct str stream)
{
    if (str_skip(&group, STR("/aws/lambda/")))
        return group;
    for (int i = 0; i < 3; i++) { /* the date */
        size_t slash = str_find_char(stream, '/');
        if (slash == SIZE_MAX)
            return STR_NONE;
        stream = str_from(stream, slash + 1);
    }
    size_t bracket = str_find_char(stream, '[');
    return bracket == SIZE_MAX ? STR_NONE : str_first(stream, bracket); /* empty: `[$LATEST]` */
}

/* ---- one whole answer ---- */

/* Room for all that one event can decode to: a text that grew between two of its strings
 * would move the first away. */
static void make_room(struct buf *text, size_t len)
{
    buf_clear(text);
    buf_reserve(text, len < text->ceiling / 3 ? 3 * len : text->ceiling);
}

void logs_page_init(struct logs_page *page, struct str body, struct buf *text)
{
    make_room(text, body.len);
    *page = (struct logs_page){.text = text, .next_token = STR_NONE};
    jscan_init(&page->scan, body);
    if (!jscan_object(&page->scan))
        page->cut = true;
}

/* Past the keys up to the next list of events. */
static bool enter_list(struct logs_page *page)
{
    struct jscan *j = &page->scan;
    struct str key;
    while (jscan_key(j, &key)) {
        if (logs_is_list_key(key) && jscan_array(j))
            return page->in_list = true;
        bool is_token = str_eq(key, STR("nextToken")) || str_eq(key, STR("nextForwardToken"));
        if (!(is_token && jscan_raw_string(j, &page->next_token)) && !jscan_skip(j))
            break;
    }
    page->cut |= j->failed;
    return false;
}

static void pass_broken(struct logs_page *page)
{
    struct jscan *j = &page->scan;
    page->broken++;
    j->at += logs_find_next(str_from(j->bytes, j->at));
}

/* At the next element. false: the list ended, or the page did. */
static bool stands_at_element(struct logs_page *page)
{
    struct jscan *j = &page->scan;
    struct str rest = str_trim_left(str_from(j->bytes, j->at));
    while (str_skip(&rest, STR(",")))
        rest = str_trim_left(rest);
    j->at = j->bytes.len - rest.len;
    page->cut = rest.len == 0;
    if (page->cut || rest.at[0] != ']')
        return !page->cut;
    page->in_list = false;
    j->at++;
    j->depth--;
    return false;
}

bool logs_page_next(struct logs_page *page, struct event *out)
{
    struct jscan *j = &page->scan;
    while (!page->cut && (page->in_list || enter_list(page))) {
        size_t len = 0;
        if (!stands_at_element(page))
            continue;
        if (!page->keep)
            buf_clear(page->text);
        switch (logs_read_item(str_from(j->bytes, j->at), page->text, out, &len)) {
        case LOGS_EVENT: j->at += len; return true;
        case LOGS_OTHER: j->at += len; break;
        case LOGS_BROKEN: pass_broken(page); break;
        case LOGS_CUT: page->cut = true; break;
        }
    }
    return false;
}
