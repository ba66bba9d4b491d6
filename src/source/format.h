/* The forms of exported logs, one row each; docs/formats.md describes them. A new form is a row
 * here, a file, a fixture and a test. */
#ifndef LAMBDIG_SOURCE_FORMAT_H
#define LAMBDIG_SOURCE_FORMAT_H

#include "src/source/bytes.h"
#include "src/source/reader.h"

struct format {
    const char *name;
    /* How sure: 0 not this one, 100 certain. `whole`: head is all of the input. May set what its
     * read function needs (shape, columns, place). */
    int (*looks)(struct reader *r, struct str head, bool whole);
    void (*read)(struct reader *r);
    bool has_times;    /* its events carry times, so inputs can be merged by them */
    bool must_hold; /* at its end, without anything that can hold events, it is ERR_INPUT_FORMAT */
    bool may_be_turned; /* a query's result, which may come newest first */
};

extern const struct format format_raw, format_prefix, format_json, format_csv, format_table,
    format_json_lines, format_output;

/* Finds the form of an input by its first block, BOM skipped. NULL: err says what it is instead
 * (binary, UTF-16, an image); `of` is only named there. */
const struct format *format_find(struct reader *r, struct str head, bool whole,
                                 const struct bytes *of, struct err *err);

#endif
