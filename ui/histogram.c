#include "ui/histogram.h"

#include "ui/figures.h"

#define LABEL_COLS 10 /* `TMO    29 ` */
#define UNIX_MS_MAX                                                                              \
    (INT64_C(1) << 45) /* later instants are no times of a log; keeps sums far from overflow */

static bool counts_here(const struct group *group, uint32_t function)
{
    return group->first_row != UINT64_MAX && group->class < FAILURE_CLASS_COUNT &&
           (function == UINT32_MAX || group->function == function);
}

static void count(struct histogram *h, const struct group *group)
{
    int64_t at = group->start_unix_ms;
    h->by_class[group->class]++;
    h->cold += (group->flags & GROUP_COLD) != 0;
    h->at_limit += (group->flags & GROUP_AT_LIMIT) != 0;
    h->slow += (group->flags & GROUP_SLOW) != 0;
    if (at < 0 || at > UNIX_MS_MAX)
        return;
    if (h->first_unix_ms == TIME_NONE || at < h->first_unix_ms)
        h->first_unix_ms = at;
    if (h->last_unix_ms == TIME_NONE || at > h->last_unix_ms)
        h->last_unix_ms = at;
}

static int bucket_of(const struct histogram *h, int64_t unix_ms)
{
    if (unix_ms < 0 || unix_ms > UNIX_MS_MAX || h->cols == 0)
        return -1;
    int64_t span = h->last_unix_ms - h->first_unix_ms + 1, at = unix_ms - h->first_unix_ms;
    if (at < 0 || at >= span)
        return -1;
    return (int)(at * h->cols / span);
}

void histogram_fill(struct histogram *h, const struct groups *groups, uint32_t function, int cols)
{
    memset(h, 0, sizeof *h);
    h->first_unix_ms = h->last_unix_ms = TIME_NONE;
    for (size_t i = 0; i < groups->count; i++)
        if (counts_here(&groups->items[i], function))
            count(h, &groups->items[i]);
    h->cols = cols - LABEL_COLS < HISTOGRAM_COLS_MAX ? cols - LABEL_COLS : HISTOGRAM_COLS_MAX;
    if (h->cols <= 0 || h->first_unix_ms == TIME_NONE) {
        h->cols = 0;
        return;
    }
    for (size_t i = 0; i < groups->count; i++) {
        const struct group *group = &groups->items[i];
        int at = counts_here(group, function) ? bucket_of(h, group->start_unix_ms) : -1;
        if (at >= 0 && h->buckets[group->class][at] < UINT16_MAX)
            h->buckets[group->class][at]++;
    }
}

static int classes_seen(const struct histogram *h)
{
    int seen = 0;
    for (int class = 0; class < FAILURE_CLASS_COUNT; class++)
        seen += h->by_class[class] > 0;
    return seen;
}

int histogram_rows(const struct histogram *h, int rows_max)
{
    int rows = classes_seen(h) + 1;
    if (h->cols < 8 || rows == 1 || rows_max < 2)
        return 0;
    return rows < rows_max ? rows : rows_max;
}

static void draw_axis(const struct histogram *h, const struct console *console,
                      struct canvas *canvas, int row, int64_t cursor_unix_ms)
{
    char first[CLOCK_TIME_SIZE], last[CLOCK_TIME_SIZE];
    bool utc = console->time_format != TIME_LOCAL;
    clock_time_of_day(h->first_unix_ms, utc, first);
    clock_time_of_day(h->last_unix_ms, utc, last);
    canvas_fill(canvas, (struct rect){row, LABEL_COLS, 1, h->cols}, ROLE_BORDER,
                canvas->ascii ? '-' : ' ');
    canvas_text(canvas, row, LABEL_COLS, 8, 0, ROLE_DIM, str_first(str_of(first), 8));
    if (h->cols > 20)
        canvas_text(canvas, row, LABEL_COLS + h->cols - 8, 8, 0, ROLE_DIM,
                    str_first(str_of(last), 8));
    int at = bucket_of(h, cursor_unix_ms);
    if (at >= 0)
        canvas_text(canvas, row, LABEL_COLS + at, 1, 0, ROLE_MARK, STR("^"));
}

void histogram_draw(const struct histogram *h, const struct console *console,
                    struct canvas *canvas, int rows, int64_t cursor_unix_ms)
{
    int row = 0;
    for (int class = 0; class < FAILURE_CLASS_COUNT && row < rows - 1; class++) {
        const struct failure_class_row *about = failure_class_row((enum failure_class)class);
        char figure[FIGURE_SIZE];
        if (h->by_class[class] == 0)
            continue;
        figure_count(h->by_class[class], figure);
        canvas_text(canvas, row, 0, 3, 0, console_class_role((enum failure_class) class),
                    str_of(about->tag));
        canvas_printf(canvas, row, 3, ROLE_TEXT, " %5s", figure);
        canvas_spark(canvas, row, LABEL_COLS, h->buckets[class],
                     about->is_failure ? h->buckets[class] : NULL, h->cols);
        row++;
    }
    if (rows > 0)
        draw_axis(h, console, canvas, row, cursor_unix_ms);
}
