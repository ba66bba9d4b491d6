/* Traces out of a file: an answer of BatchGetTraces, segment documents, or the traces.json of a
 * case; gzip, too. One thread. */
#ifndef LAMBDIG_SOURCE_TRACEFILE_H
#define LAMBDIG_SOURCE_TRACEFILE_H

#include "src/model/trace.h"

/* One joined trace, borrowed for the call. false: enough. */
typedef bool (*trace_receiver)(void *ctx, struct trace *trace);

/* `only`: traces of this id alone; empty: all. At most 256 MiB. false: err names the file; the
 * traces that were readable have been given. */
bool tracefile_read(const char *path, struct str only, trace_receiver each, void *ctx,
                    struct err *err) MUST_USE;
/* The same of a case; one without traces gives none. */
bool tracefile_read_case(const char *directory, struct str only, trace_receiver each, void *ctx,
                         struct err *err) MUST_USE;

#endif
