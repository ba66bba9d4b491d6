/* One log event as a source hands it over, and one function. Values; the event borrows. */
#ifndef LAMBDIG_MODEL_EVENT_H
#define LAMBDIG_MODEL_EVENT_H

#include "src/base/clock.h"
#include "src/base/str.h"

#define ABSENT (-1) /* a number that the log or the configuration does not give; none is negative */

/* Everything borrowed: valid until the call that received the event returns. */
struct event {
    struct str function;   /* name; empty where the source does not know it */
    struct str log_group;  /* empty: not known */
    struct str log_stream; /* empty: the input has none and counts as one stream */
    struct str id;         /* eventId; empty: none */
    struct str message;    /* one or more lines, without the last line end */
    int64_t unix_ms;       /* TIME_NONE: not known */
    int64_t ingestion_ms;  /* TIME_NONE: not known */
    uint64_t line;         /* 1-based number of its first line, or of the event, in its input */
    uint64_t place;        /* byte offset of that line in its input, for reading it again */
    uint32_t input;        /* which input, from 0; the source gives its name */
};

/* Lengths: name at most 140 by the Lambda model, log group 512 by the Logs model. */
struct function {
    char name[141];
    char runtime[32];    /* empty: not known; `container` for images */
    char log_group[513]; /* LoggingConfig.LogGroup, else /aws/lambda/NAME */
    char version[32];
    int64_t memory_mb;   /* ABSENT */
    int64_t timeout_ms;  /* ABSENT */
    int64_t last_modified_unix_ms; /* TIME_NONE */
    bool json_logs;
    bool tracing_active;
    bool has_config;     /* false: known from its log alone */
};

#endif
