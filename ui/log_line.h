/* One row of the log as it is shown: what the reader needs, in runs of one role each. What
 * every line repeats (its own time stamp and request id) is left out, REPORT lines and JSON lines
 * become a summary; the bytes as they came are a key away (`raw`). Pure; any thread. */
#ifndef LAMBDIG_UI_LOG_LINE_H
#define LAMBDIG_UI_LOG_LINE_H

#include "src/feed/store.h"
#include "ui/canvas.h"

#define LINE_PARTS_MAX 24

struct line_part {
    uint32_t len; /* bytes; parts follow each other */
    uint8_t role; /* enum role */
};

struct log_line {
    uint32_t at, len; /* in the buf it was put in */
    uint8_t part_count;
    struct line_part parts[LINE_PARTS_MAX];
};

/* What a line may say of its invocation; zero where it is not known. */
struct line_facts {
    int64_t timeout_ms; /* ABSENT or 0: not known */
    bool has_trace;
};

/* Appends the composed text to `out` (its ceiling cuts it). */
void log_line_compose(struct log_line *line, const struct row *row, struct str text,
                      const struct line_facts *facts, bool raw, struct buf *out);
/* The one line that stands for a folded invocation; `rows`: how many it hides and shows. */
void log_line_fold(struct log_line *line, const struct invocation *inv, uint64_t rows,
                   struct buf *out);

/* For those who compose lines of their own: begins one, adds a run to it. */
void log_line_begin(struct log_line *line, struct buf *out);
void log_line_add(struct log_line *line, struct buf *out, enum role role, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void log_line_add_str(struct log_line *line, struct buf *out, enum role role, struct str text);

/* What stands before a message in the common formats: a level (ERROR, WARN, ...) and how many
 * bytes of the text repeat time and id. level.len 0: none seen. */
struct line_prefix {
    struct str level;
    size_t skip;
};
struct line_prefix log_line_prefix(struct str text);
enum role log_line_level_role(struct str level);

#endif
