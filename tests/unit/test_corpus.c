/* The labelled logs of LAMBDIG_SHARED (default ../shared beside the sources), one event a line,
 * no function and no stream: every verdict, id and number of corpus.tsv must come out. Where
 * the folder is absent the test says so and ends well. */
#include <stdio.h>
#include <stdlib.h>

#include "src/model/tracker.h"

struct row {
    char *file, *class, *accept, *id, *duration, *billed, *memory, *used, *init, *trace;
};

struct seen {
    struct invocation first;
    unsigned count;
};

static void keep(void *ctx, const struct invocation *inv)
{
    struct seen *seen = ctx;
    if (inv->final && seen->count++ == 0)
        memcpy(&seen->first, inv, invocation_size(inv));
}

static char *read_file(const char *folder, const char *name, size_t *len)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/corpus/%s", folder, name);
    FILE *in = fopen(path, "rb");
    if (!in)
        return NULL;
    char *bytes = xcalloc(1, 1 << 20);
    *len = fread(bytes, 1, (1 << 20) - 1, in);
    (void)fclose(in);
    return bytes;
}

/* As in a file: lines end at LF; a CR inside a line stays. */
static void feed(struct str text, struct seen *seen, uint64_t *unparsed)
{
    struct tracker_options options = {.hold = 64};
    struct tracker_sink sink = {.ctx = seen, .verdict = keep};
    struct tracker *t = tracker_new(&options, &sink);
    struct event event = {.unix_ms = TIME_NONE, .ingestion_ms = TIME_NONE};
    while (text.len) {
        event.message = str_take_until(&text, '\n');
        event.line++;
        tracker_add(t, &event);
    }
    tracker_finish(t);
    *unparsed = tracker_unparsed(t);
    tracker_free(t);
}

static bool allows(const char *list, const char *class)
{
    struct str rest = str_of(list);
    while (rest.len) {
        struct str word = str_take_until(&rest, ',');
        if (str_eq(word, STR("out-of-memory")))
            word = STR("memory");
        if (str_eq(word, str_of(class)))
            return true;
        if (str_eq(word, STR("ambiguous")) && strcmp(class, "incomplete") == 0)
            return true;
    }
    return false;
}

static bool complain(const struct row *row, const char *what, const char *expected, const char *got)
{
    printf("%s: %s: expected %s, got %s\n", row->file, what, expected, got);
    return false;
}

static int64_t to_units(const char *text, unsigned decimals)
{
    int64_t value = 0;
    unsigned after = 0;
    bool dot = false;
    for (; *text; text++) {
        if (*text == '.') {
            dot = true;
            continue;
        }
        value = value * 10 + (*text - '0');
        after += dot;
    }
    for (; after < decimals; after++)
        value *= 10;
    return value;
}

static bool check_number(const struct row *row, const char *what, const char *expected,
                         unsigned decimals, int64_t got)
{
    char text[32];
    if (strcmp(expected, "-") == 0 || to_units(expected, decimals) == got)
        return true;
    (void)snprintf(text, sizeof text, "%lld", (long long)got);
    return complain(row, what, expected, text);
}

static bool check_text(const struct row *row, const char *what, const char *expected,
                       struct str got)
{
    char text[200];
    if (strcmp(expected, "-") == 0 || str_eq(str_of(expected), got))
        return true;
    (void)str_copy(text, sizeof text, got);
    return complain(row, what, expected, text);
}

static bool check_row(const struct row *row, const struct seen *seen)
{
    const struct invocation *inv = &seen->first;
    if (seen->count == 0)
        return complain(row, "records", "one", "none");
    const char *class = failure_class_row((enum failure_class)inv->class)->name;
    bool good =
        allows(row->class, class) || (strcmp(row->accept, "-") != 0 && allows(row->accept, class));
    if (!good)
        (void)complain(row, "class", row->class, class);
    good &= check_text(row, "request id", row->id, invocation_text(inv, inv->request_id));
    good &= check_number(row, "duration", row->duration, 6, inv->duration_ns);
    good &= check_number(row, "billed", row->billed, 0, inv->billed_ms);
    good &= check_number(row, "memory", row->memory, 0, inv->memory_mb);
    good &= check_number(row, "memory used", row->used, 0, inv->memory_used_mb);
    good &= check_number(row, "init", row->init, 6,
                         inv->init_ns != ABSENT ? inv->init_ns : inv->restore_ns);
    good &= check_text(row, "trace", row->trace, invocation_text(inv, inv->trace_id));
    return good;
}

static bool check_file(const char *folder, const struct row *row)
{
    static struct seen seen;
    uint64_t unparsed;
    size_t len;
    char *bytes = read_file(folder, row->file, &len);
    if (!bytes)
        return complain(row, "file", "readable", "absent");
    seen.count = 0;
    feed((struct str){bytes, len}, &seen, &unparsed);
    free(bytes);
    if (strncmp(row->file, "177-", 4) == 0) /* a garbled REPORT is counted and makes no record */
        return (seen.count == 0 && unparsed == 1) || complain(row, "records", "none", "some");
    return check_row(row, &seen);
}

static struct row split_row(char *line)
{
    char *cells[12] = {NULL};
    size_t count = 0;
    for (char *at = line; at && count < 12; count++) {
        cells[count] = at;
        at = strchr(at, '\t');
        if (at)
            *at++ = '\0';
    }
    return (struct row){cells[0], cells[1], cells[2], cells[3], cells[4],
                        cells[5], cells[6], cells[7], cells[8], cells[9]};
}

int main(void)
{
    const char *folder = getenv("LAMBDIG_SHARED");
    char beside[1024];
    unsigned rows = 0, good = 0;
    size_t len;
    if (!folder) {
        const char *top = getenv("srcdir");
        (void)snprintf(beside, sizeof beside, "%s/../shared", top ? top : "..");
        folder = beside;
    }
    char *table = read_file(folder, "corpus.tsv", &len);
    if (!table) {
        printf("note: no labelled logs under %s; nothing was checked\n", folder);
        return 0;
    }
    struct str text = {table, len};
    (void)str_take_until(&text, '\n');
    while (text.len) {
        char line[2048];
        (void)str_copy(line, sizeof line, str_take_until(&text, '\n'));
        struct row row = split_row(line);
        if (!row.trace)
            continue;
        rows++;
        good += check_file(folder, &row);
    }
    free(table);
    printf("%u of %u labelled logs are read right\n", good, rows);
    return rows == 0 || good != rows;
}
