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
    /* Not 0: no event but so many lines in a row, each for itself, none of which holds a word that
     * the receiver asked for (source.h: sink.words). `message` has them with the LF, or CR LF,
     * between them; their times are not known. */
    uint32_t quiet_lines;
    int64_t unix_ms;       /* TIME_NONE: not known */
    int64_t ingestion_ms;  /* TIME_NONE: not known */
    int64_t late_ms;       /* it became visible after one of its group that is so much newer; 0: in order */
    uint64_t line;         /* 1-based number of its first line, or of the event, in its input; 0: none */
    bool line_is_event;    /* `line` counts events: all lines of the message have that number */
    uint64_t place;        /* byte offset of that line in its input, for reading it again */
    uint32_t input;        /* which input, from 0; the source gives its name */
    uint64_t belongs;      /* seq of an invocation that was judged without this line; 0: as ever */
    bool is_gap;           /* no log event: message says which time was missed, and is filled */
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
    char system_log_level[8];  /* of JSON logs: DEBUG, INFO, WARN; empty: not known */
    char state[16], update[16]; /* Active, Failed, ...; Successful, ...; empty: not asked yet */
    char aliases[160];         /* `live 7, canary 8`; empty: none, or not asked yet */
    char newest_version[24];   /* the newest one published; empty: none, or not asked yet */
    struct function_metrics {  /* what the account's own metrics say; not what logs show */
        int64_t since_unix_ms, until_unix_ms; /* TIME_NONE: not asked, or not answered */
        int64_t invocations, errors, throttles; /* ABSENT */
        int64_t duration_us;   /* the mean; ABSENT */
    } metrics;
};

/* A function of which nothing is known. */
static inline struct function function_unknown(void)
{
    return (struct function){
        .memory_mb = ABSENT,
        .timeout_ms = ABSENT,
        .last_modified_unix_ms = TIME_NONE,
        .metrics = {TIME_NONE, TIME_NONE, ABSENT, ABSENT, ABSENT, ABSENT},
    };
}

#endif
