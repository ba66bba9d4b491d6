#include "ui/function_columns.h"

#include <inttypes.h>
#include <stdio.h>

#include "ui/figures.h"

/* One row a column. `rank`: the higher ones go first when the width is short. Widths hold the
 * blank before the column. The name takes what is left. */
enum text_side { LEFT, RIGHT };

static const struct column {
    const char *title, *name;
    unsigned key;
    int cols, rank;
    enum text_side side;
    bool metric; /* of CloudWatch, not of the logs */
} columns[] = {
    {"FUNCTION", "name", FUNCTION_BY_NAME, 0, 0, LEFT, false},
    {"RUNTIME", "runtime", FUNCTION_BY_RUNTIME, 17, 8, LEFT, false},
    {"MEM MB", "memory", FUNCTION_BY_MEMORY, 7, 9, RIGHT, false},
    {"TIMEOUT", "timeout", FUNCTION_BY_TIMEOUT, 9, 10, RIGHT, false},
    {"ACTIVE", "activity", FUNCTION_BY_ACTIVITY, 7, 7, RIGHT, false},
    {"CW INV", "invocations that CloudWatch counts", FUNCTION_BY_CW_INVOCATIONS, 7, 3, RIGHT, true},
    {"CW ERR", "errors that CloudWatch counts", FUNCTION_BY_CW_ERRORS, 7, 2, RIGHT, true},
    {"CW THR", "throttles that CloudWatch counts", FUNCTION_BY_CW_THROTTLES, 7, 5, RIGHT, true},
    {"CW ms", "mean duration of CloudWatch", FUNCTION_BY_CW_DURATION, 7, 5, RIGHT, true},
    {"INV", "invocations", FUNCTION_BY_INVOCATIONS, 6, 3, RIGHT, false},
    {"FAIL", "failures", FUNCTION_BY_FAILURES, 6, 1, RIGHT, false},
    {"TMO", "TMO", FUNCTION_BY_CLASS + FAILURE_TIMEOUT, 4, 4, RIGHT, false},
    {"OOM", "OOM", FUNCTION_BY_CLASS + FAILURE_MEMORY, 4, 4, RIGHT, false},
    {"EXC", "EXC", FUNCTION_BY_CLASS + FAILURE_EXCEPTION, 4, 4, RIGHT, false},
    {"INI", "INI", FUNCTION_BY_CLASS + FAILURE_STARTUP, 4, 4, RIGHT, false},
    {"EXT", "EXT", FUNCTION_BY_CLASS + FAILURE_CRASH, 4, 4, RIGHT, false},
    {"THR", "THR", FUNCTION_BY_CLASS + FAILURE_THROTTLE, 4, 4, RIGHT, false},
    {"PRM", "PRM", FUNCTION_BY_CLASS + FAILURE_PERMISSION, 4, 4, RIGHT, false},
    {"DWN", "DWN", FUNCTION_BY_CLASS + FAILURE_DOWNSTREAM, 4, 4, RIGHT, false},
    {"p95 ms", "p95", FUNCTION_BY_P95, 7, 5, RIGHT, false},
    {"LAST", "last failure", FUNCTION_BY_LAST_FAILURE, 9, 2, LEFT, false},
    {"ACTIVITY", "activity", FUNCTION_BY_ACTIVITY, SPARK_BUCKETS + 2, 6, LEFT, false},
};
#define COLUMN_COUNT (int)(sizeof columns / sizeof *columns)
enum { COLUMN_NAME = 0, COLUMN_LAST = COLUMN_COUNT - 2, COLUMN_SPARK = COLUMN_COUNT - 1 };
enum { NAME_COLS_MIN = 17, NARROW_COLS = 44, LAST_RANK = 10, MARK_COLS = 1 };

static bool is_within(const struct column *c, int rank, bool metrics)
{
    return c->rank <= rank && (metrics || !c->metric);
}

static int cols_up_to_rank(int rank, bool metrics)
{
    int cols = 0;
    for (int i = 1; i < COLUMN_COUNT; i++)
        if (is_within(&columns[i], rank, metrics))
            cols += columns[i].cols;
    return cols;
}

/* All columns of one rank come or go together: half of the classes would mislead. */
static int highest_rank(int cols, int name_cols, bool metrics)
{
    int rank = 0;
    while (rank < LAST_RANK && cols_up_to_rank(rank + 1, metrics) + name_cols + MARK_COLS <= cols)
        rank++;
    return rank;
}

static void place(struct function_columns *shown, int rank, int name_cols, bool metrics)
{
    int at = MARK_COLS;
    shown->count = 0;
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (!is_within(&columns[i], rank, metrics))
            continue;
        shown->column[shown->count] = (uint8_t)i;
        shown->at[shown->count] = at;
        shown->cols[shown->count] = i == COLUMN_NAME ? name_cols : columns[i].cols;
        at += shown->cols[shown->count++];
    }
}

void function_columns_fit(struct function_columns *shown, int cols, int name_cols, bool metrics)
{
    int least = cols < NARROW_COLS ? 8 : NAME_COLS_MIN;
    int rank = highest_rank(cols, least, metrics);
    int room = cols - MARK_COLS - cols_up_to_rank(rank, metrics);
    int wanted = name_cols < least ? least : name_cols;
    place(shown, rank, room > wanted + 2 && rank == LAST_RANK ? wanted + 2 : room, metrics);
}

void function_columns_head(const struct function_columns *shown, struct canvas *canvas,
                           unsigned key)
{
    for (int i = 0; i < shown->count; i++) {
        const struct column *c = &columns[shown->column[i]];
        enum role role = c->key == key ? ROLE_TITLE : ROLE_DIM;
        int width = (int)strlen(c->title);
        int col = c->side == RIGHT ? shown->at[i] + shown->cols[i] - width
                                   : shown->at[i] + (i > 0 ? 2 : 0);
        canvas_text(canvas, 0, col, shown->cols[i], 0, role, str_of(c->title));
    }
}

int64_t function_columns_age_base(const struct console *console)
{
    const struct store_status *s = &console->status;
    return s->account.live ? console->now_unix_ms : s->last_unix_ms;
}

struct cell_words {
    char text[FIGURE_SIZE + 8];
    enum role role;
};

static void megabytes(int64_t mb, struct cell_words *out)
{
    snprintf(out->text, sizeof out->text, mb == ABSENT ? "-" : "%" PRId64, mb);
    out->role = ROLE_DIM;
}

static void timeout(int64_t ms, struct cell_words *out)
{
    out->role = ROLE_DIM;
    if (ms == ABSENT)
        snprintf(out->text, sizeof out->text, "-");
    else
        snprintf(out->text, sizeof out->text, "%" PRId64 " s", ms / 1000);
}

static void count(uint64_t value, enum role role, struct cell_words *out)
{
    char figure[FIGURE_SIZE];
    figure_count(value, figure);
    snprintf(out->text, sizeof out->text, "%s", value ? figure : ".");
    out->role = value ? role : ROLE_DIM;
}

/* A dash: CloudWatch gave no answer. */
static void metric_cell(const struct function_metrics *m, unsigned key, struct cell_words *out)
{
    int64_t value = key == FUNCTION_BY_CW_INVOCATIONS ? m->invocations
                    : key == FUNCTION_BY_CW_ERRORS    ? m->errors
                                                      : m->throttles;
    if (key == FUNCTION_BY_CW_DURATION)
        figure_ms(m->duration_us == ABSENT ? ABSENT : m->duration_us * 1000, out->text);
    else if (value == ABSENT)
        snprintf(out->text, sizeof out->text, "-");
    else
        count((uint64_t)value, key == FUNCTION_BY_CW_INVOCATIONS ? ROLE_TEXT : ROLE_TITLE, out);
    if (key == FUNCTION_BY_CW_DURATION || value == ABSENT)
        out->role = strcmp(out->text, "-") ? ROLE_TEXT : ROLE_DIM;
}

static void figure_cell(const struct console *console, const struct column *c,
                        const struct function_entry *e, struct cell_words *out)
{
    char figure[FIGURE_SIZE];
    if (c->metric) {
        metric_cell(&e->metrics, c->key, out);
        return;
    }
    switch (c->key) {
    case FUNCTION_BY_MEMORY:
        megabytes(e->memory_mb, out);
        return;
    case FUNCTION_BY_TIMEOUT:
        timeout(e->timeout_ms, out);
        return;
    case FUNCTION_BY_INVOCATIONS:
        count(e->invocations, ROLE_TEXT, out);
        return;
    case FUNCTION_BY_FAILURES:
        count(e->failures, ROLE_TITLE, out);
        return;
    case FUNCTION_BY_P95:
        figure_ms(e->p95_ns, figure);
        break;
    case FUNCTION_BY_ACTIVITY:
        figure_age(function_columns_age_base(console), e->last_activity_unix_ms, figure);
        break;
    default: {
        enum failure_class class = (enum failure_class)(c->key - FUNCTION_BY_CLASS);
        count(e->by_class[class], console_class_role(class), out);
        return;
    }
    }
    snprintf(out->text, sizeof out->text, "%s", figure);
    out->role = strcmp(figure, "-") ? ROLE_TEXT : ROLE_DIM;
}

static void draw_last(const struct console *console, struct canvas *canvas, int row, int col,
                      int cols, const struct function_entry *e)
{
    char age[FIGURE_SIZE];
    if (e->last_failure_class >= FAILURE_CLASS_COUNT) {
        canvas_text(canvas, row, col + 2, cols, 0, ROLE_DIM, STR("-"));
        return;
    }
    enum failure_class class = (enum failure_class)e->last_failure_class;
    figure_age(function_columns_age_base(console), e->last_failure_unix_ms, age);
    canvas_text(canvas, row, col + 2, 3, 0, console_class_role(class),
                str_of(failure_class_row(class)->tag));
    canvas_text(canvas, row, col + 6, 4, 0, ROLE_DIM, str_of(age));
}

static void draw_cell(const struct console *console, struct canvas *canvas, int row, int col,
                      int cols, const struct column *c, const struct function_entry *e)
{
    struct cell_words words;
    figure_cell(console, c, e, &words);
    canvas_text(canvas, row, col + cols - (int)strlen(words.text), cols, 0, words.role,
                str_of(words.text));
}

static void draw_name(struct canvas *canvas, int row, int col, int cols,
                      const struct function_entry *e)
{
    if (e->name[0])
        canvas_text(canvas, row, col, cols, 0, e->failures ? ROLE_TITLE : ROLE_TEXT,
                    str_of(e->name));
    else
        canvas_text(canvas, row, col, cols, 0, ROLE_DIM, STR(FUNCTION_UNNAMED));
}

void function_columns_row(const struct function_columns *shown, const struct console *console,
                          struct canvas *canvas, int row, const struct function_entry *e)
{
    for (int i = 0; i < shown->count; i++) {
        int which = shown->column[i], at = shown->at[i], cols = shown->cols[i];
        if (which == COLUMN_NAME)
            draw_name(canvas, row, at, cols, e);
        else if (columns[which].key == FUNCTION_BY_RUNTIME)
            canvas_text(canvas, row, at + 2, cols - 2, 0, ROLE_DIM,
                        str_of(e->runtime[0] ? e->runtime : "-"));
        else if (which == COLUMN_LAST)
            draw_last(console, canvas, row, at, cols, e);
        else if (which == COLUMN_SPARK)
            canvas_spark(canvas, row, at + 2, e->spark, e->spark_failed, SPARK_BUCKETS);
        else
            draw_cell(console, canvas, row, at, cols, &columns[which], e);
    }
}

unsigned function_columns_next_key(const struct function_columns *shown, unsigned key)
{
    int at = -1;
    for (int i = 0; i < shown->count && at < 0; i++)
        if (columns[shown->column[i]].key == key)
            at = i;
    for (int step = 1; step <= shown->count; step++) {
        unsigned next = columns[shown->column[(at + step) % shown->count]].key;
        if (next != key)
            return next;
    }
    return key;
}

const char *function_columns_key_name(unsigned key)
{
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (columns[i].key == key)
            return columns[i].name;
    return "";
}
